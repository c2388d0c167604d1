"""Take in a file, whole or in pieces, straight to disk: a line that breaks costs one piece."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.errors import ImportJobMoved
from gis.models import ImportJob, ImportJobState
from gis.services.import_jobs.looking import look

GIB = 1024**3
MOST_BYTES = 2 * GIB
PIECE_BYTES = 8 * 1024**2
SPARE_BYTES = GIB
"""What must stay free on the disk: the database may live there too."""
SUFFIXES = {
    ".inp": "epanet",
    ".json": "pandapower",
    ".gpkg": "vector",
    ".zip": "vector",
    ".geojson": "vector",
    ".fgb": "vector",
    ".csv": "vector",
}
"""What is taken in, and the format it most likely has."""


def start(*, actor: User, file_name: str, size_bytes: int, fingerprint: str = "") -> ImportJob:
    """Announce a file; its pieces follow. One that the same person began to send goes on where it stopped.

    `fingerprint` tells the file from others of its name and size: when it was last changed, say.

    Raises:
        InvalidInput: a kind of file that is not read here, an empty or too large one, or no room for it.
    """
    name = Path(file_name.replace("\\", "/")).name[-255:]
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(
            errors={
                "file": [_("Files of these kinds can be read: %(kinds)s.") % {"kinds": ", ".join(SUFFIXES)}]
            }
        )
    if not 0 < size_bytes <= MOST_BYTES:
        raise InvalidInput(errors={"file": [_("The file is empty, or larger than 2 GB.")]})
    begun = {"actor": actor, "file_name": name, "size_bytes": size_bytes}
    if fingerprint and (there := _begun(begun, fingerprint)):
        return there
    options = {"file_format": SUFFIXES[suffix], "fingerprint": fingerprint}
    job = ImportJob(**begun, options=options)
    job.path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.MEDIA_ROOT).free < size_bytes + SPARE_BYTES:
        raise InvalidInput(errors={"file": [_("There is no room for this file at the moment.")]})
    job.save()
    return job


def _begun(begun: dict[str, Any], fingerprint: str) -> ImportJob | None:
    on_the_way = ImportJob.objects.filter(**begun, state=ImportJobState.RECEIVING)
    return on_the_way.filter(options__fingerprint=fingerprint).first()


@transaction.atomic
def receive(*, job: ImportJob, offset: int, pieces: Iterable[bytes]) -> ImportJob:
    """Add what comes next of the file; what was there already at that place is written over.

    Raises:
        ImportJobMoved: the file is whole already, or this piece leaves a gap.
        InvalidInput: more came than was announced.
    """
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    if locked.state != ImportJobState.RECEIVING or offset > locked.received_bytes:
        raise ImportJobMoved
    with locked.path.open("r+b" if locked.path.exists() else "wb") as file:
        file.seek(offset)
        for piece in pieces:
            if file.tell() + len(piece) > locked.size_bytes:
                raise InvalidInput(errors={"file": [_("More came than was announced.")]})
            file.write(piece)
        locked.received_bytes = max(locked.received_bytes, file.tell())
    if locked.received_bytes == locked.size_bytes:
        locked.state = ImportJobState.RECEIVED
        locked.options |= look(locked.path, locked.options["file_format"])
    locked.save()
    return locked
