"""Import a network from a file: read, check, place, then write it in one transaction, or say why not."""

from __future__ import annotations

from contextlib import AbstractContextManager
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.domain.mapping import Mapping as FileMapping
from gis.domain.placement import Place
from gis.errors import UnreadableFile
from gis.models import ImportRecord, Placement
from gis.services.importing.bringing import Bringing
from gis.services.importing.models import READERS, ModelFile, opened_model
from gis.services.importing.reports import ImportReport, NetworkNames, Progress

if TYPE_CHECKING:
    from gis.services.importing.vector import VectorFile

VECTOR = "vector"
FORMATS = (*READERS, VECTOR)

__all__ = ["FORMATS", "VECTOR", "ImportReport", "NetworkNames", "Progress", "import_network"]


def import_network(
    *,
    path: Path,
    code: str | None,
    file_format: str,
    mapping: FileMapping | None = None,
    names: NetworkNames | None = None,
    source_model: str = "",
    source_licence: str = "",
    crs: str | None = None,
    unit: str | None = None,
    place: Place | None = None,
    dry_run: bool = False,
    skip_errors: bool = False,
    actor: User | None = None,
    progress: Progress = lambda step, done, total: None,
) -> ImportReport:
    """Import the network in the file at `path` under `code`; the same file again changes nothing.

    A dry run does all that its counts need and rolls back: they are exact. Without `skip_errors` one refused
    row refuses the file; with it, sound rows are written and the report names the others. `mapping` says what
    a vector file means; `crs` and `unit` win over what it and the file say.

    Raises:
        UnreadableFile: not a file of this format, or not of this utility.
        MappingRefused: the mapping names layers or fields that the file does not have.
        PlaceUnknown: no coordinate system, an unknown one, or an unknown unit.
        ImportRefused: some rows cannot be imported; its `report` names them.
    """
    bringing = Bringing(
        code,
        file_format,
        names,
        {
            "source_model": source_model or path.stem,
            "source_licence": source_licence,
            "placement": Placement.SYNTHETIC if place else Placement.SURVEYED,
        },
        dry_run=dry_run,
        skip_errors=skip_errors,
    )
    opened = _opened(path, file_format, mapping, crs=crs, unit=unit, place=place, progress=progress)
    options = {"unit": unit, "place": [place.lon, place.lat, place.rotation_deg] if place else None}
    record = ImportRecord(
        file_name=path.name,
        file_sha256=_digest(path),
        file_format=file_format,
        options=options | ({"mapping": mapping.model_dump(exclude_defaults=True)} if mapping else {}),
        actor=actor,
    )
    with opened as source:
        return bringing.run(source, record, progress)


def _opened(
    path: Path,
    file_format: str,
    mapping: FileMapping | None,
    *,
    crs: str | None,
    unit: str | None,
    place: Place | None,
    progress: Progress,
) -> AbstractContextManager[ModelFile] | AbstractContextManager[VectorFile]:
    if file_format not in FORMATS:
        raise InvalidInput(errors={"format": [file_format]})
    if not path.is_file():
        raise UnreadableFile(errors={"file": [_("there is no file %(path)s") % {"path": path}]})
    if file_format != VECTOR:
        return opened_model(path, file_format, crs, unit, place, progress)
    if mapping is None:
        raise InvalidInput(errors={"mapping": [_("A vector file needs a mapping that says what it means.")]})
    if place is not None:
        raise InvalidInput(
            errors={"place": [_("Only models are put somewhere: surveys stay in their place.")]}
        )
    # Arrow, GDAL's reader and pandas come with it: only who reads such a file waits for them.
    from gis.services.importing.vector import opened_vector

    return opened_vector(path, mapping, crs, unit)


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
