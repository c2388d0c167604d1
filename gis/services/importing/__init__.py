"""Import a network from a file: read, check, place, then write it in one transaction, or say why not."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from hashlib import file_digest
from pathlib import Path

from django.db import connection, transaction

from backend.core.errors import InvalidInput
from backend.core.models import User
from gis.attribution import attributed
from gis.domain.mapping import Mapping as FileMapping
from gis.domain.placement import Place
from gis.errors import ImportRefused, UnreadableFile
from gis.models import ImportRecord, Network, Placement
from gis.services.freshness import touch_topology
from gis.services.importing.models import READERS, ModelFile, opened_model
from gis.services.importing.reports import ImportReport, NetworkNames, Outcome, Progress, report_of
from gis.services.importing.vector import VectorFile, opened_vector

VECTOR = "vector"
FORMATS = (*READERS, VECTOR)
WORK_MEMORY = "128MB"

__all__ = ["FORMATS", "VECTOR", "ImportReport", "NetworkNames", "Progress", "import_network"]


Source = ModelFile | VectorFile
"""A file opened for import. Its `utility` is None where only the network itself can say."""


class _DryRunError(Exception):
    """Leaves the transaction of a dry run."""


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

    A dry run does all of it and rolls back, so its counts are exact. Without `skip_errors` one refused row
    refuses the file; with it, sound rows are written and the report names the others. `mapping` says what a
    vector file means; `crs` and `unit` win over what it and the file say.

    Raises:
        UnreadableFile: not a file of this format, or not of this utility.
        MappingRefused: the mapping names layers or fields that the file does not have.
        PlaceUnknown: no coordinate system, an unknown one, or an unknown unit.
        ImportRefused: some rows cannot be imported; its `report` names them.
    """
    started = time.monotonic()
    opened = _opened(path, file_format, mapping, crs=crs, unit=unit, place=place, progress=progress)
    described = {
        "source_model": source_model or path.stem,
        "source_licence": source_licence,
        "placement": Placement.SYNTHETIC if place else Placement.SURVEYED,
    }
    record = ImportRecord(
        file_name=path.name,
        file_sha256=_digest(path),
        file_format=file_format,
        options={"unit": unit, "place": [place.lon, place.lat, place.rotation_deg] if place else None}
        | ({"mapping": mapping.model_dump(exclude_defaults=True)} if mapping else {}),
        actor=actor,
    )

    def report(outcome: Outcome, record_id: int | None = None) -> ImportReport:
        seconds = time.monotonic() - started
        return report_of(outcome, code, file_format, record_id=record_id, dry_run=dry_run, seconds=seconds)

    with opened as source:
        if source.outcome.errors and not skip_errors:
            raise ImportRefused(report=report(source.outcome))
        try:
            with transaction.atomic():
                described["crs"] = source.outcome.source_crs
                network = _network(code, source, names, described) if source.has_elements else None
                outcome = _write(source, network, record, progress)
                if outcome.errors and not skip_errors:
                    raise ImportRefused(report=report(outcome))
                if dry_run:
                    raise _DryRunError
        except _DryRunError:
            pass
    return report(outcome, None if dry_run else record.pk)


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
        raise UnreadableFile(errors={"file": [str(path)]})
    if file_format != VECTOR:
        return opened_model(path, file_format, crs, unit, place, progress)
    if mapping is None or place is not None:
        raise InvalidInput(
            errors={"mapping": ["needed"]} if mapping is None else {"place": ["not for surveys"]}
        )
    return opened_vector(path, mapping, crs, unit)


def _write(source: Source, network: Network | None, record: ImportRecord, progress: Progress) -> Outcome:
    """Write all rows under a record, and keep the record if anything changed."""
    record.network = network
    record.save()
    with connection.cursor() as cursor:
        # A million rows are joined and counted in memory rather than on disk.
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEMORY])
    with attributed(user=record.actor_id, import_id=record.pk):
        outcome = source.write(network, record, progress)
    if not outcome.changed:
        record.delete()
        return outcome
    record.options = {**record.options, "crs": outcome.source_crs, "placed_in": outcome.placed_in}
    record.counts = {
        step: {"created": written.created, "updated": written.updated}
        for step, written in outcome.counts.items()
    }
    record.errors = [[error.row, error.reason, error.detail] for error in outcome.errors.told]
    record.save()
    if network is not None:
        touch_topology(network, *_layers(outcome))
    return outcome


def _layers(outcome: Outcome) -> tuple[str, ...]:
    """Name the layers to tell apart where the graph of the network is as before: points alone."""
    graph = any(outcome.counts[step].changed for step in ("nodes", "links") if step in outcome.counts)
    return () if graph else ("connection-points",)


def _network(
    code: str | None, source: Source, names: NetworkNames | None, described: dict[str, str]
) -> Network:
    """Lock the name of the network, then find or make it; a whole model says again where it is from."""
    if not code:
        raise InvalidInput(errors={"network": ["needed"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gis.network.' || %s))", [code])
    named = {"name_fr": names.fr, "name_ar": names.ar} if names else {}
    network = Network.objects.filter(code=code).first()
    if network is None:
        if source.utility is None:
            raise InvalidInput(errors={"utility": ["needed"]})
        return Network.objects.create(
            code=code, **{"utility": source.utility, "name_fr": code, "name_ar": code, **described, **named}
        )
    if source.utility not in {None, network.utility}:
        raise UnreadableFile(errors={"network": [f"{code}: {network.utility}, {source.utility}"]})
    told = {**(described if source.is_whole else {}), **named}
    if changes := {key: value for key, value in told.items() if getattr(network, key) != value}:
        Network.objects.filter(pk=network.pk).update(**changes)
    return network


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
