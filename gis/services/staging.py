"""Stages: temporary tables that rows are copied to, checked in and merged from, a set at a time.

Everything here runs in the caller's transaction. A row whose content is the one last imported is left alone,
and so is one that people edited since; both are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any

from django.db import connection

from gis.models import ImportRecord, Network
from gis.statements import statement


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were new, changed, the same as before, or kept because people edited them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)

    def __add__(self, other: Written) -> Written:
        return Written(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Stage:
    """Where rows of one kind wait and go: copied to `staged`, merged from `ready` into `table`."""

    name: str
    staged: str
    ready: str
    table: str
    same: str
    kind: str = "staged.kind"


BY_KIND_AND_CODE = "held.kind = staged.kind AND held.code = staged.code"
NODES = Stage("nodes", "staged_node", "staged_node", "gis_node", BY_KIND_AND_CODE)
LINKS = Stage("links", "staged_link", "resolved_link", "gis_link", BY_KIND_AND_CODE)
POINTS = Stage(
    "points",
    "staged_point",
    "resolved_point",
    "gis_connectionpoint",
    "held.code = staged.code",
    "'connection point'",
)

DEVICES = Stage("devices", "staged_device", "staged_device", "gis_link", BY_KIND_AND_CODE)

Refused = tuple[int, list[tuple[int, str, str, str]]]
"""How many rows were taken out, and the first of them: number in the file, kind, code, detail."""


# Names of tables and conditions come from this package's constants; values are parameters.


@contextmanager
def opened(stage: Stage) -> Iterator[None]:
    """Make the tables of a stage, and drop them after use (a failure rolls them back)."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {stage.staged}, {stage.ready}")
        cursor.execute(statement(__file__, f"stage_{stage.name}"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {stage.staged}, {stage.ready}")


def copy_rows(stage: Stage, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Copy rows to a stage."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {stage.staged} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {stage.staged}")


def copy_csv(stage: Stage, columns: Iterable[str], blocks: Iterable[bytes]) -> None:
    """Copy blocks of CSV without header to a stage: quoted unless null."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {stage.staged} ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy:
            for block in blocks:
                copy.write(block)
        cursor.execute(f"ANALYZE {stage.staged}")


def resolve(stage: Stage, network: Network) -> None:
    """Find the elements that staged links and points name."""
    run(f"resolve_{stage.name}", {"network": network.pk})
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {stage.ready}")


def refuse(table: str, condition: str, *, kind: str = "staged.kind", detail: str = "''") -> Refused:
    """Take the rows that meet a condition out of a table of a stage."""
    refusing = statement(__file__, "refuse").format(
        table=table, condition=condition.format(table=table), kind=kind, detail=detail
    )
    with connection.cursor() as cursor:
        cursor.execute(refusing)
        return _counted(cursor.fetchall())


def merge(stage: Stage, network: Network, record: ImportRecord | None = None) -> Written:
    """Write what is ready; new rows name the import that brought them."""
    _, kept, same = count_held(stage, stage.ready, network)
    names = {"network": network.pk, "record": record.pk if record else None}
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, f"merge_{stage.name}"), names)
        created, updated = cursor.fetchone()
    return Written(created, updated, same, kept)


def plan(stage: Stage, network: Network) -> Written:
    """Count what merging would do, to the row, and write nothing."""
    with connection.cursor() as cursor:
        # The table's name comes from the stages above.
        cursor.execute(f"SELECT count(*) FROM {stage.ready}")  # noqa: S608
        (rows,) = cursor.fetchone()
    held, kept, same = count_held(stage, stage.ready, network)
    return Written(rows - held, held - kept - same, same, kept)


def count_held(stage: Stage, rows: str, network: Network) -> tuple[int, int, int]:
    """Count the rows that are there; of these, those that people edited, and those as they were imported."""
    counting = statement(__file__, "count_staged").format(staged=rows, table=stage.table, same=stage.same)
    with connection.cursor() as cursor:
        cursor.execute(counting, {"network": network.pk})
        held, kept, same = cursor.fetchone()
    return held, kept, same


def described(stage: Stage) -> tuple[dict[str, int], float]:
    """Count what is ready by kind, and add up the metres of pipes and lines."""
    counting = statement(__file__, "describe_links" if stage is LINKS else "describe").format(
        kind=stage.kind, ready=stage.ready
    )
    with connection.cursor() as cursor:
        cursor.execute(counting)
        rows = cursor.fetchall()
    return {kind: number for kind, number, _ in rows}, sum(float(metres or 0) for _, _, metres in rows)


def alone_points(tolerance_m: float) -> Refused:
    """Find the points that join nothing: they are kept, and the quality checks will name them."""
    return _told("alone_points", {"detail": f"{tolerance_m:g} m"})


def prepare_references(network: Network) -> None:
    """Say of each old reference of the staged points whether it is free, theirs already, or another's."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_reference")
        cursor.execute(statement(__file__, "stage_references"), {"network": network.pk})


def taken_references() -> Refused:
    """Find the old references that another connection point of the network, or of the file, has."""
    return _told("taken_references", {})


def free_references() -> int:
    """Count the old references that nobody has yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staged_reference WHERE place = 1 AND holder IS NULL")
        return int(cursor.fetchone()[0])


def run(name: str, parameters: dict[str, Any]) -> int:
    """Run a statement of this package; return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, name), parameters)
        return cursor.rowcount


def _told(name: str, parameters: dict[str, Any]) -> Refused:
    with connection.cursor() as cursor:
        cursor.execute(statement(__file__, name), parameters)
        return _counted(cursor.fetchall())


def _counted(rows: list[tuple[Any, ...]]) -> Refused:
    """Read rows that each begin with the count of all."""
    return (rows[0][0] if rows else 0), [row[1:] for row in rows]
