"""Vector files: each layer streamed to a stage, checked and merged there, what others hang on first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import shapely
from django.utils.translation import gettext as _
from pyproj import CRS

from backend.core.queries.organisation import organisation
from gis.adapters.vector import VectorLayer, opened
from gis.adapters.vector.shapes import Plane
from gis.adapters.vector.staged import Reading, extent_of
from gis.domain.mapping import ConnectionPointLayer, Layer, LinkLayer
from gis.domain.mapping import Mapping as FileMapping
from gis.domain.placement import PlacementError, source_plane
from gis.domain.rows import UnreadableNetworkError
from gis.errors import MappingRefused, PlaceUnknown, UnreadableFile
from gis.services.importing.layers import write_layer
from gis.services.importing.questions import asked_where
from gis.services.importing.reports import Outcome, Run
from gis.services.zones import derive_memberships
from gis.translating import translated

HANGING = (LinkLayer, ConnectionPointLayer)
"""Layers whose rows join what the layers before them wrote."""


@dataclass(slots=True)
class VectorFile:
    """The layers of a file that its mapping names, ready to be read."""

    mapping: FileMapping
    readings: list[Reading]
    outcome: Outcome
    is_whole: bool = False

    @property
    def utility(self) -> str | None:
        return self.mapping.utility

    @property
    def has_elements(self) -> bool:
        return self.mapping.has_elements

    def write(self, run: Run) -> Outcome:
        """Write all layers, and say anew which points lie in which zones. Must run in a transaction.

        Raises:
            PlaceUnknown: the first rows of a layer lie nowhere on earth in the system they are said to be in.
        """
        for place, reading in enumerate(self.readings, start=1):
            below = any(isinstance(later.mapping, HANGING) for later in self.readings[place:])
            try:
                write_layer(reading, run, self.outcome, hung_on=below)
            except PlacementError as error:
                raise _asked(error, reading.layer, reading.mapping, self.mapping) from error
        if not run.dry_run:
            self._settle_zones(run)
        return self.outcome

    def _settle_zones(self, run: Run) -> None:
        counts = self.outcome.counts
        if any(step in counts and counts[step].changed for step in ("connection_points", "zones")):
            run.progress("memberships", 0, 1)
            only = run.network.code if run.network and "zones" not in counts else None
            derive_memberships(network_code=only)
            run.progress("memberships", 1, 1)


@contextmanager
def opened_vector(
    path: Path, mapping: FileMapping, crs: str | None, unit: str | None
) -> Iterator[VectorFile]:
    """Open the file at `path` as `mapping` describes it; `crs` and `unit` win over both.

    Raises:
        UnreadableFile: it cannot be read, to its end, as what it seems to be.
        MappingRefused: it has no such layer or no such field.
        PlaceUnknown: a layer without a coordinate system, or with an unknown one; it carries the question.
    """
    mapping = mapping.model_copy(update={"unit": unit or mapping.unit})
    try:
        with opened(path, encoding=mapping.encoding, delimiter=mapping.delimiter) as layers:
            yield _matched(layers, mapping, crs)
    except UnreadableNetworkError as error:
        raise UnreadableFile(errors={"file": [translated(error.sentence)]}) from error


def _matched(layers: Mapping[str, VectorLayer], mapping: FileMapping, crs: str | None) -> VectorFile:
    """Match the declared layers with those of the file."""
    wrong: dict[str, list[str]] = {}
    matched: list[tuple[Layer, VectorLayer]] = []
    for place, declared in mapping.in_order():
        name = declared.layer or (next(iter(layers)) if len(layers) == 1 else "")
        layer = layers.get(name)
        if layer is None:
            wrong[f"layers.{place}.layer"] = [_not_there(name, layers)]
            continue
        known = layer.description.fields
        for path, field in declared.fields().items():
            if field not in known:
                wrong[f"layers.{place}.{path}"] = [_not_there(field, known)]
        matched.append((declared, layer))
    if wrong:
        raise MappingRefused(errors=wrong)
    return _readings(matched, mapping, crs)


def _not_there(name: str, known: Iterable[str]) -> str:
    words = {"name": name, "known": ", ".join(known)}
    if not name:
        return _("say which of these it is: %(known)s") % words
    return _("%(name)s is not there; there are: %(known)s") % words


def _readings(matched: list[tuple[Layer, VectorLayer]], mapping: FileMapping, crs: str | None) -> VectorFile:
    outcome = Outcome()
    area = organisation().service_area
    extent = shapely.from_wkb(bytes(area.wkb)) if area else None
    shapely.prepare(extent)
    readings, used = [], []
    for declared, layer in matched:
        said = crs or declared.crs or mapping.crs or layer.description.crs
        try:
            plane = Plane(*source_plane(said, mapping.unit))
        except PlacementError as error:
            raise _asked(error, layer, declared, mapping) from error
        used.append(_short(plane.crs))
        readings.append(
            Reading(layer, declared, plane, mapping.decimal, extent, outcome.errors, outcome.warnings)
        )
    outcome.source_crs = ", ".join(dict.fromkeys(used))
    return VectorFile(mapping, readings, outcome)


def _asked(error: PlacementError, layer: VectorLayer, declared: Layer, mapping: FileMapping) -> PlaceUnknown:
    """Turn a missing system, or one in which nothing is on earth, into a question."""
    name, question = layer.description.name, None
    if (extent := extent_of(layer, declared, mapping.decimal)) is not None:
        question = asked_where(name, extent, mapping.unit)
    return PlaceUnknown(errors={error.code: [error.detail or name]}, question=question)


def _short(crs: str) -> str:
    """Name a system by its code, where it has one."""
    system = CRS.from_user_input(crs)
    authority = system.to_authority()
    return ":".join(authority) if authority else system.name
