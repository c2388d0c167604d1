"""Import a network from a file: read, check, place, then write it in one transaction, or say why not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point
from django.db import connection, transaction

from backend.core.models import User
from backend.core.queries.organisation import organisation
from gis.adapters.epanet import read_epanet
from gis.adapters.pandapower import read_pandapower
from gis.domain.checks import check_rows, label, without_refused
from gis.domain.placement import Place, Placed, PlacementError, geodesic_length_m, place_rows
from gis.domain.rows import CONDUITS, NetworkRows, Reason, RowError, UnreadableNetworkError
from gis.errors import ImportRefused, PlaceUnknown, UnreadableFile
from gis.models import HydraulicModel, ImportRecord, Network, Placement
from gis.services.freshness import touch_topology
from gis.services.writing import Written, write_links, write_nodes, write_points

READERS: Mapping[str, Callable[[Path], NetworkRows]] = {"epanet": read_epanet, "pandapower": read_pandapower}
Progress = Callable[[str, int, int], None]
"""Told the step (`read`, `nodes`, `links`, `connection_points`), what is done of it and how much there is."""


@dataclass(frozen=True, slots=True)
class NetworkNames:
    fr: str
    ar: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do."""

    network: str
    file_format: str
    source_crs: str
    placed_in: str | None
    kinds: Mapping[str, int]
    length_km: float
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()
    counts: Mapping[str, Written] = field(default_factory=dict)
    dry_run: bool = False
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        return any(written.changed for written in self.counts.values())


class _DryRunError(Exception):
    """Leaves the transaction of a dry run."""


def import_network(
    *,
    path: Path,
    code: str,
    file_format: str,
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
    refuses the file; with it, sound rows are written and the report names the others.

    Raises:
        UnreadableFile: not a file of this format.
        PlaceUnknown: no coordinate system, an unknown one, or an unknown unit.
        ImportRefused: some rows cannot be imported; its `report` names them.
    """
    started = time.monotonic()
    progress("read", 0, 1)
    rows = _read(path, file_format)
    progress("read", 1, 1)
    errors = tuple(check_rows(rows))
    sound = without_refused(rows, errors) if errors else rows
    placed = _place(sound, crs=crs, unit=unit, place=place)
    report = _describe(placed, code=code, file_format=file_format, errors=errors, dry_run=dry_run)
    if errors and not skip_errors:
        raise ImportRefused(report=report)
    record = ImportRecord(
        file_name=path.name,
        file_sha256=sha256(path.read_bytes()).hexdigest(),
        file_format=file_format,
        options={
            "crs": placed.source_crs,
            "placed_in": placed.placed_in,
            "unit": unit,
            "place": _options(place),
        },
        errors=[[error.row, error.reason, error.detail] for error in errors[:1000]],
        actor=actor,
    )
    described = {
        "source_model": source_model or path.stem,
        "source_licence": source_licence,
        "placement": Placement.SYNTHETIC if place else Placement.SURVEYED,
        "crs": placed.source_crs,
    }
    counts: dict[str, Written] = {}
    try:
        with transaction.atomic():
            network = _network(code, placed.rows.utility, names, described)
            _keep_hydraulics(network, placed.rows)
            counts = _write(network, placed.rows, progress)
            if any(written.changed for written in counts.values()):
                _remember(network, record, counts)
            if dry_run:
                raise _DryRunError
    except _DryRunError:
        pass
    return replace(report, counts=counts, seconds=round(time.monotonic() - started, 2))


def _read(path: Path, file_format: str) -> NetworkRows:
    if not path.is_file():
        raise UnreadableFile(errors={"file": [str(path)]})
    try:
        return READERS[file_format](path)
    except UnreadableNetworkError as error:
        raise UnreadableFile(errors={"file": [str(error)]}) from error


def _place(rows: NetworkRows, **options: Any) -> Placed:
    if not rows.nodes:
        return Placed(rows, "", None)
    try:
        return place_rows(rows, **options)
    except PlacementError as error:
        raise PlaceUnknown(errors={error.code: [error.detail]}) from error


def _describe(
    placed: Placed, *, code: str, file_format: str, errors: tuple[RowError, ...], dry_run: bool
) -> ImportReport:
    rows = placed.rows
    kinds = Counter(node.kind for node in rows.nodes) + Counter(link.kind for link in rows.links)
    if rows.connection_points:
        kinds["connection point"] = len(rows.connection_points)
    conduits = [link for link in rows.links if link.kind in CONDUITS]
    metres = sum(link.length_m or geodesic_length_m(link.line) for link in conduits)
    return ImportReport(
        network=code,
        file_format=file_format,
        source_crs=placed.source_crs,
        placed_in=placed.placed_in,
        kinds=dict(kinds),
        length_km=round(metres / 1000, 3),
        errors=errors,
        warnings=tuple(_outside(rows, organisation().service_area)),
        dry_run=dry_run,
    )


def _outside(rows: NetworkRows, area: MultiPolygon | None) -> list[RowError]:
    """Name the nodes that lie outside the operator's area: worth a look, no reason to refuse."""
    if area is None:
        return []
    prepared = area.prepared
    return [
        RowError(label(node.key), Reason.OUTSIDE_AREA)
        for node in rows.nodes
        if not prepared.intersects(Point(*node.position, srid=4326))
    ]


def _network(code: str, utility: str, names: NetworkNames | None, described: Mapping[str, str]) -> Network:
    """Lock the name of the network, then find it or make it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gis.network.' || %s))", [code])
    named = {"name_fr": names.fr, "name_ar": names.ar} if names else {}
    network, created = Network.objects.get_or_create(
        code=code, defaults={"utility": utility, "name_fr": code, "name_ar": code, **described, **named}
    )
    if network.utility != utility:
        raise UnreadableFile(errors={"network": [f"{code}: {network.utility}, {utility}"]})
    changes = {key: value for key, value in {**described, **named}.items() if getattr(network, key) != value}
    if changes and not created:
        Network.objects.filter(pk=network.pk).update(**changes)
    return network


def _keep_hydraulics(network: Network, rows: NetworkRows) -> None:
    if rows.hydraulics:
        HydraulicModel.objects.update_or_create(network=network, defaults={"content": rows.hydraulics})


def _write(network: Network, rows: NetworkRows, progress: Progress) -> dict[str, Written]:
    steps: list[tuple[str, Callable[..., Written], Any]] = [
        ("nodes", write_nodes, rows.nodes),
        ("links", write_links, rows.links),
        ("connection_points", write_points, rows.connection_points),
    ]
    counts = {}
    for step, write, batch in steps:
        progress(step, 0, len(batch))
        counts[step] = write(network, batch)
        progress(step, len(batch), len(batch))
    return counts


def _remember(network: Network, record: ImportRecord, counts: Mapping[str, Written]) -> None:
    record.network = network
    record.counts = {
        step: {"created": written.created, "updated": written.updated} for step, written in counts.items()
    }
    record.save()
    touch_topology(network)


def _options(place: Place | None) -> list[float] | None:
    return [place.lon, place.lat, place.rotation_deg] if place else None
