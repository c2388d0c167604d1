"""Bring one layer in: copied to its stage, refused row by row where it must be, and merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from gis.adapters.vector.staged import Reading
from gis.domain.checks import label
from gis.domain.mapping import ConnectionPointLayer, LinkLayer, NodeLayer, ZoneLayer
from gis.domain.refusals import Refusals
from gis.domain.rows import Reason, RowError, link_kinds
from gis.models import Network
from gis.services.importing.copying import copy_layer
from gis.services.importing.dividing import Dividing
from gis.services.importing.reports import Outcome, Run
from gis.services.importing.zones import write_zones
from gis.services.staging import (
    DEVICES,
    LINKS,
    NODES,
    POINTS,
    Refused,
    Stage,
    Written,
    alone_points,
    described,
    free_references,
    merge,
    opened,
    plan,
    prepare_references,
    refuse,
    resolve,
    run,
    taken_references,
)

REPEATED = (
    "EXISTS (SELECT FROM (SELECT {kind} AS kind, code, min(row_number) AS first FROM {table} AS staged"
    " GROUP BY 1, 2 HAVING count(*) > 1) AS many"
    " WHERE many.kind = {kind} AND many.code = staged.code AND many.first < staged.row_number)"
)
AMBIGUOUS = "row_number IN (SELECT row_number FROM {table} GROUP BY 1 HAVING count(*) > 1)"
LINK_CHECKS = (
    (Reason.AMBIGUOUS, AMBIGUOUS, "start_code || ', ' || end_code"),
    (Reason.DANGLING, "start_node_id IS NULL", "concat_ws(' ', start_kind, start_code)"),
    (Reason.DANGLING, "end_node_id IS NULL", "concat_ws(' ', end_kind, end_code)"),
    (Reason.SELF_LOOP, "start_node_id = end_node_id", "start_code"),
)
POINT_CHECKS = (
    (Reason.AMBIGUOUS, AMBIGUOUS, "concat_ws(', ', node_code, link_code)"),
    (Reason.DANGLING, "node_id IS NULL AND node_code IS NOT NULL", "concat_ws(' ', node_kind, node_code)"),
    (Reason.DANGLING, "link_id IS NULL AND link_code IS NOT NULL", "concat_ws(' ', link_kind, link_code)"),
)
STEPS = {POINTS: "connection_points", DEVICES: "links"}
MANY = 10_000
"""So many new rows, and the planner must be told before it joins with them."""


def write_layer(reading: Reading, run: Run, outcome: Outcome, *, hung_on: bool) -> None:
    """Write one layer, and add what came of it to `outcome`; `hung_on` says whether later layers join it.

    Raises:
        PlacementError: its first rows lie nowhere on earth.
    """
    layer = _Layer(reading, run, outcome, planned=run.dry_run and not hung_on)
    match reading.mapping:
        case ZoneLayer():
            outcome.count("zones", write_zones(reading, run))
        case NodeLayer():
            layer.write_nodes()
        case LinkLayer(on=None) as mapping:
            layer.write_links(mapping)
        case LinkLayer() as mapping:
            layer.write_devices(mapping)
        case ConnectionPointLayer() as mapping:
            layer.write_points(mapping)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer on its way; one that is `planned` is counted to the row and not written."""

    reading: Reading
    run: Run
    outcome: Outcome
    planned: bool

    @property
    def network(self) -> Network:
        return self.run.needed_network

    def write_nodes(self) -> None:
        with opened(NODES):
            self._copy(NODES)
            self._merge(NODES)

    def write_links(self, layer: LinkLayer) -> None:
        with opened(LINKS):
            self._copy(LINKS)
            self._refuse_kinds(LINKS)
            if layer.start is None:
                self._snap(layer.tolerance_m)
            resolve(LINKS, self.network)
            for reason, condition, detail in LINK_CHECKS:
                self._refuse(reason, refuse(LINKS.ready, condition, detail=detail))
            dividing = Dividing(self.network, self.run.record)
            redrawn = dividing.find_redrawn()
            self._merge(LINKS, planned=self.planned and not redrawn)
            if redrawn:
                self._count(dividing.write_redrawn())

    def write_devices(self, layer: LinkLayer) -> None:
        assert layer.on is not None
        with opened(DEVICES):
            self._copy(DEVICES)
            self._refuse_kinds(DEVICES)
            dividing = Dividing(self.network, self.run.record, layer.on.tolerance_m)
            for reason, refused in dividing.find():
                self._refuse(reason, refused)
            for reason, told in dividing.told():
                self._note(self.outcome.notes, reason, told)
            with self._step(DEVICES):
                self._count(dividing.write())

    def write_points(self, layer: ConnectionPointLayer) -> None:
        with opened(POINTS):
            self._copy(POINTS)
            resolve(POINTS, self.network)
            for reason, condition, detail in POINT_CHECKS:
                self._refuse(reason, refuse(POINTS.ready, condition, kind=POINTS.kind, detail=detail))
            near = {"network": self.network.pk, "tolerance_m": layer.tolerance_m}
            run("settle_on_parts", near)
            run("join_link_ends", near)
            run(f"join_nearest_{layer.nearest}", near)
            self._warn(Reason.NOTHING_NEAR, alone_points(layer.tolerance_m))
            self._merge(POINTS)
            if layer.references:
                self._write_references()

    def _write_references(self) -> None:
        prepare_references(self.network)
        self._warn(Reason.REFERENCE_TAKEN, taken_references())
        names = {"network": self.network.pk, "record": self.run.record.pk}
        new = free_references() if self.planned else run("merge_references", names)
        self._count({"aliases": Written(created=new)})

    def _copy(self, stage: Stage) -> None:
        """Copy the sound rows to the stage, and refuse those whose code came before."""
        copy_layer(stage, self.reading, self.run.progress)
        repeated = REPEATED.format(kind=stage.kind, table=stage.staged)
        self._refuse(Reason.DUPLICATE, refuse(stage.staged, repeated, kind=stage.kind))

    def _refuse_kinds(self, stage: Stage) -> None:
        """Take out the links of a kind that networks of this utility do not have."""
        utility = self.network.utility
        kinds = ", ".join(f"'{kind}'" for kind in sorted(link_kinds(utility)))
        refused = refuse(stage.staged, f"kind NOT IN ({kinds})", detail=f"'{utility}'")
        self._refuse(Reason.OTHER_UTILITY, refused)

    def _snap(self, tolerance_m: float) -> None:
        """Name the nodes that undeclared ends join."""
        run("snap_ends", {"network": self.network.pk, "tolerance_m": tolerance_m})
        alone = "start_code IS NULL OR end_code IS NULL"
        self._refuse(Reason.NOTHING_NEAR, refuse(LINKS.staged, alone, detail=f"'{tolerance_m} m'"))

    def _merge(self, stage: Stage, *, planned: bool | None = None) -> None:
        with self._step(stage) as step:
            if self.planned if planned is None else planned:
                written = plan(stage, self.network)
            else:
                written = merge(stage, self.network, self.run.record)
                if written.created > MANY:
                    with connection.cursor() as cursor:
                        cursor.execute(f"ANALYZE {stage.table}")
            self._count({step: written})

    @contextmanager
    def _step(self, stage: Stage) -> Iterator[str]:
        """Describe what is ready, and tell the beginning and the end of its writing."""
        step = STEPS.get(stage, stage.name)
        kinds, metres = described(stage)
        total = sum(kinds.values())
        for kind, number in kinds.items():
            self.outcome.kinds[kind] = self.outcome.kinds.get(kind, 0) + number
        self.outcome.length_m += metres
        self.run.progress(step, 0, total)
        yield step
        self.run.progress(step, total, total)

    def _count(self, counts: Mapping[str, Written]) -> None:
        for step, written in counts.items():
            self.outcome.count(step, written)

    def _refuse(self, reason: Reason, refused: Refused) -> None:
        self._note(self.outcome.errors, reason, refused)

    def _warn(self, reason: Reason, doubtful: Refused) -> None:
        self._note(self.outcome.warnings, reason, doubtful)

    def _note(self, refusals: Refusals, reason: Reason, refused: Refused) -> None:
        times, rows = refused
        layer = self.reading.layer.description.name
        named = (
            RowError(f"{layer} {number}: {label((kind, code))}", reason, detail)
            for number, kind, code, detail in rows
        )
        refusals.note(reason, times, named)
