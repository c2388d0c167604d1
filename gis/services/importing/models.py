"""Whole models, EPANET's and pandapower's: small enough to be read, checked and placed in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point

from backend.core.queries.organisation import organisation
from gis.adapters.epanet import read_epanet
from gis.adapters.pandapower import read_pandapower
from gis.domain.checks import check_rows, label, without_refused
from gis.domain.placement import Place, Placed, PlacementError, geodesic_length_m, place_rows
from gis.domain.rows import CONDUITS, NetworkRows, Reason, RowError, UnreadableNetworkError
from gis.errors import PlaceUnknown, UnreadableFile
from gis.models import HydraulicModel
from gis.services.importing.questions import asked_where
from gis.services.importing.reports import Outcome, Progress, Run
from gis.services.staging import Written
from gis.services.writing import write_links, write_nodes, write_points
from gis.translating import translated

READERS: Mapping[str, Callable[[Path], NetworkRows]] = {"epanet": read_epanet, "pandapower": read_pandapower}


@dataclass(slots=True)
class ModelFile:
    """A model as read and placed, with what was found wrong with its rows."""

    rows: NetworkRows
    outcome: Outcome
    is_whole: bool = True
    has_elements: bool = True

    @property
    def utility(self) -> str:
        return self.rows.utility

    def write(self, run: Run) -> Outcome:
        """Write all rows. Must run in a transaction."""
        network = run.needed_network
        if self.rows.hydraulics:
            HydraulicModel.objects.update_or_create(
                network=network, defaults={"content": self.rows.hydraulics}
            )
        steps: list[tuple[str, Callable[..., Written], Any]] = [
            ("nodes", write_nodes, self.rows.nodes),
            ("links", write_links, self.rows.links),
            ("connection_points", write_points, self.rows.connection_points),
        ]
        for step, write, batch in steps:
            run.progress(step, 0, len(batch))
            self.outcome.counts[step] = write(network, batch, run.record)
            run.progress(step, len(batch), len(batch))
        return self.outcome


@contextmanager
def opened_model(
    path: Path, file_format: str, crs: str | None, unit: str | None, place: Place | None, progress: Progress
) -> Iterator[ModelFile]:
    """Read, check and place the model at `path`.

    Raises:
        UnreadableFile: not a file of this format.
        PlaceUnknown: no coordinate system, an unknown one, or an unknown unit.
    """
    progress("read", 0, 1)
    rows = _read(path, file_format)
    progress("read", 1, 1)
    errors = check_rows(rows)
    sound = without_refused(rows, errors) if errors else rows
    placed = _place(sound, path.stem, crs=crs, unit=unit, place=place)
    outcome = _describe(placed)
    outcome.errors += errors
    yield ModelFile(placed.rows, outcome)


def _read(path: Path, file_format: str) -> NetworkRows:
    try:
        return READERS[file_format](path)
    except UnreadableNetworkError as error:
        raise UnreadableFile(errors={"file": [translated(error.sentence)]}) from error


def _place(rows: NetworkRows, name: str, *, crs: str | None, unit: str | None, place: Place | None) -> Placed:
    if not rows.nodes:
        return Placed(rows, "", None)
    try:
        return place_rows(rows, crs=crs, unit=unit, place=place)
    except PlacementError as error:
        xs, ys = zip(*(node.position for node in rows.nodes), strict=True)
        extent = (min(xs), min(ys), max(xs), max(ys))
        question = asked_where(name, extent, unit or rows.coordinate_unit)
        raise PlaceUnknown(errors={error.code: [error.detail or name]}, question=question) from error


def _describe(placed: Placed) -> Outcome:
    rows = placed.rows
    kinds = Counter(node.kind for node in rows.nodes) + Counter(link.kind for link in rows.links)
    if rows.connection_points:
        kinds["connection point"] = len(rows.connection_points)
    conduits = [link for link in rows.links if link.kind in CONDUITS]
    outcome = Outcome(placed.source_crs, placed.placed_in, dict(kinds))
    outcome.length_m = sum(link.length_m or geodesic_length_m(link.line) for link in conduits)
    outcome.warnings += _outside(rows, organisation().service_area)
    return outcome


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
