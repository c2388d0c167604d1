"""Bring one layer in: copied to its stage, refused row by row where it must be, and merged."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from typing import TypeVar

from django.db import connection

from gis.adapters.vector.staged import Reading, as_csv
from gis.domain.checks import label
from gis.domain.mapping import ConnectionPointLayer, LinkLayer, NodeLayer, ZoneLayer
from gis.domain.refusals import Refusals
from gis.domain.rows import Reason, RowError, link_kinds
from gis.models import ImportRecord, Network
from gis.services.importing.dividing import Dividing
from gis.services.importing.reports import Outcome, Progress
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
    copy_csv,
    described,
    merge,
    opened,
    refuse,
    resolve,
    run,
    taken_references,
)

T = TypeVar("T")
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
MANY = 10_000
"""So many new rows, and the planner must be told before it joins with them."""


def write_layer(
    reading: Reading, network: Network | None, record: ImportRecord, progress: Progress, outcome: Outcome
) -> None:
    """Write one layer, and add what came of it to `outcome`.

    Raises:
        PlacementError: its first rows lie nowhere on earth.
    """
    match reading.mapping:
        case ZoneLayer():
            step, written = "zones", write_zones(reading, record, progress)
        case NodeLayer():
            step, written = "nodes", _nodes(reading, _needed(network), record, progress, outcome)
        case LinkLayer(on=None):
            step, written = "links", _links(reading, _needed(network), record, progress, outcome)
        case LinkLayer():
            step, written = "links", _devices(reading, _needed(network), record, progress, outcome)
        case ConnectionPointLayer():
            step, written = "connection_points", _points(reading, _needed(network), record, progress, outcome)
    _count(outcome, step, written)


def _nodes(
    reading: Reading, network: Network, record: ImportRecord, progress: Progress, outcome: Outcome
) -> Written:
    with opened(NODES):
        _copy(NODES, reading, progress)
        return _merged(NODES, network, record, progress, outcome)


def _links(
    reading: Reading, network: Network, record: ImportRecord, progress: Progress, outcome: Outcome
) -> Written:
    layer = reading.mapping
    assert isinstance(layer, LinkLayer)
    with opened(LINKS):
        _copy(LINKS, reading, progress)
        _refuse_kinds(LINKS, reading, network)
        if layer.start is None:
            run("snap_ends", {"network": network.pk, "tolerance_m": layer.tolerance_m})
            alone = refuse(
                LINKS.staged, "start_code IS NULL OR end_code IS NULL", detail=f"'{layer.tolerance_m} m'"
            )
            _note(reading.errors, reading, Reason.NOTHING_NEAR, alone)
        resolve(LINKS, network)
        for reason, condition, detail in LINK_CHECKS:
            _note(reading.errors, reading, reason, refuse(LINKS.ready, condition, detail=detail))
        dividing = Dividing(network, record)
        redrawn = dividing.find_redrawn()
        written = _merged(LINKS, network, record, progress, outcome)
        if redrawn:
            for step, divided in dividing.write_redrawn().items():
                _count(outcome, step, divided)
        return written


def _devices(
    reading: Reading, network: Network, record: ImportRecord, progress: Progress, outcome: Outcome
) -> Written:
    layer = reading.mapping
    assert isinstance(layer, LinkLayer)
    assert layer.on is not None
    with opened(DEVICES):
        _copy(DEVICES, reading, progress)
        _refuse_kinds(DEVICES, reading, network)
        dividing = Dividing(network, record, layer.on.tolerance_m)
        for reason, refused in dividing.find():
            _note(reading.errors, reading, reason, refused)
        for reason, told in dividing.told():
            _note(outcome.notes, reading, reason, told)
        total = _described(DEVICES, outcome)
        progress("links", 0, total)
        written = dividing.write()
        progress("links", total, total)
        devices = written.pop("links")
        for step, divided in written.items():
            _count(outcome, step, divided)
        return devices


def _refuse_kinds(stage: Stage, reading: Reading, network: Network) -> None:
    """Take out the links of a kind that networks of this utility do not have."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(link_kinds(network.utility)))
    refused = refuse(stage.staged, f"kind NOT IN ({kinds})", detail=f"'{network.utility}'")
    _note(reading.errors, reading, Reason.OTHER_UTILITY, refused)


def _points(
    reading: Reading, network: Network, record: ImportRecord, progress: Progress, outcome: Outcome
) -> Written:
    layer = reading.mapping
    assert isinstance(layer, ConnectionPointLayer)
    with opened(POINTS):
        _copy(POINTS, reading, progress)
        resolve(POINTS, network)
        for reason, condition, detail in POINT_CHECKS:
            _note(
                reading.errors,
                reading,
                reason,
                refuse(POINTS.ready, condition, kind=POINTS.kind, detail=detail),
            )
        near = {"network": network.pk, "tolerance_m": layer.tolerance_m}
        run("settle_on_parts", near)
        run("join_link_ends", near)
        run(f"join_nearest_{layer.nearest}", near)
        _note(reading.warnings, reading, Reason.NOTHING_NEAR, alone_points(layer.tolerance_m))
        written = _merged(POINTS, network, record, progress, outcome)
        if layer.references:
            new = run("merge_references", {"network": network.pk, "record": record.pk})
            outcome.counts["aliases"] = outcome.counts.get("aliases", Written()) + Written(created=new)
            _note(reading.warnings, reading, Reason.REFERENCE_TAKEN, taken_references(network))
        return written


def _copy(stage: Stage, reading: Reading, progress: Progress) -> None:
    """Copy the sound rows to the stage, and refuse those whose code came before."""
    total = reading.layer.description.rows
    batches = _ahead((read, table.column_names, as_csv(table)) for read, table in reading.tables())
    with closing(batches):
        first = next(batches, None)
        if first is None:
            return

        def blocks() -> Iterator[bytes]:
            for read, _, block in chain([first], batches):
                yield block
                progress("read", read, max(total, read))

        copy_csv(stage, first[1], blocks())
    repeated = REPEATED.format(kind=stage.kind, table=stage.staged)
    _note(reading.errors, reading, Reason.DUPLICATE, refuse(stage.staged, repeated, kind=stage.kind))


def _ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Make the next item in a thread while this one is used: reading and COPY go side by side."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def _merged(
    stage: Stage, network: Network, record: ImportRecord, progress: Progress, outcome: Outcome
) -> Written:
    step = "connection_points" if stage is POINTS else stage.name
    total = _described(stage, outcome)
    progress(step, 0, total)
    written = merge(stage, network, record)
    if written.created > MANY:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {stage.table}")
    progress(step, total, total)
    return written


def _described(stage: Stage, outcome: Outcome) -> int:
    """Add what is ready to the kinds and lengths of the outcome; return how many rows that is."""
    kinds, metres = described(stage)
    for kind, number in kinds.items():
        outcome.kinds[kind] = outcome.kinds.get(kind, 0) + number
    outcome.length_m += metres
    return sum(kinds.values())


def _count(outcome: Outcome, step: str, written: Written) -> None:
    outcome.counts[step] = outcome.counts.get(step, Written()) + written


def _note(refusals: Refusals, reading: Reading, reason: Reason, refused: Refused) -> None:
    times, rows = refused
    layer = reading.layer.description.name
    refusals.note(
        reason,
        times,
        (
            RowError(f"{layer} {number}: {label((kind, code))}", reason, detail)
            for number, kind, code, detail in rows
        ),
    )


def _needed(network: Network | None) -> Network:
    assert network is not None, "a mapping with elements is for a network"
    return network
