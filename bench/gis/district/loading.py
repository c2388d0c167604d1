"""Put the district into a migrated database, by COPY. Nothing is checked: use it for measurements only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, LiteralString

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql
from pyarrow import csv

from bench.gis.district.plan import District

BATCH = 100_000
TABLES = ("gis_node", "gis_link", "gis_connectionpoint", "gis_zone")


def load(database: str, district: District, *, code: str = "million") -> dict[str, float]:
    """Load a district as the network `code`; return the seconds each table took.

    Raises:
        psycopg.errors.UniqueViolation: the database already has such a network, or such zones.
    """
    took: dict[str, float] = {}
    with psycopg.connect(database) as db:
        network = _network(db, code)
        first = {table: _first_id(db, table) for table in TABLES}
        shared = {"network_id": network, "attributes": "{}", "synthetic": True, "source_digest": ""}
        shared |= {"version": 1, "imported_version": 1}
        for table, rows in _rows(district, first):
            began = time.perf_counter()
            own = {} if table == "gis_zone" else shared
            _copy(db, table, _with(rows, own, first[table]))
            took[table] = round(time.perf_counter() - began, 1)
        _name_old_references(db, district, network, first["gis_connectionpoint"])
        for table in TABLES:
            db.execute(
                _of(table, "SELECT setval(pg_get_serial_sequence({name}, 'id'), max(id)) FROM {table}")
            )
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("VACUUM (ANALYZE)")
    return took


def _network(db: psycopg.Connection, code: str) -> int:
    row = db.execute(
        "INSERT INTO gis_network (code, utility, name_fr, name_ar, source_model, source_licence, placement,"
        " crs, topology_version, version) VALUES (%s, 'water', 'Un million de points', 'مليون نقطة ربط',"
        " 'generated district', '', 'synthetic', 'EPSG:26191', 1, 1) RETURNING id",
        [code],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _first_id(db: psycopg.Connection, table: str) -> int:
    row = db.execute(_of(table, "SELECT coalesce(max(id), 0) + 1 FROM {table}")).fetchone()
    assert row is not None
    return int(row[0])


def _of(table: str, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(table=sql.Identifier(table), name=sql.Literal(table))


def _rows(district: District, first: dict[str, int]) -> Iterator[tuple[str, pa.Table]]:
    """Yield each table's rows under the names of its columns, in the order that foreign keys ask for."""
    yield "gis_zone", _zones(district.zones, first["gis_zone"])
    nodes, links, points = district.nodes, district.links, district.points
    yield "gis_node", _only(nodes, "code", "kind", "elevation_m", "is_source", geom=_point(nodes))
    yield (
        "gis_link",
        _only(
            links,
            *("code", "kind", "diameter_mm", "state", "operable", "length_m"),
            start_node_id=_ids(links["start"], first["gis_node"]),
            end_node_id=_ids(links["end"], first["gis_node"]),
            geom=_line(links),
            state_source=pa.repeat("survey", len(links)),
        ),
    )
    yield (
        "gis_connectionpoint",
        _only(
            points,
            *("code", "category", "critical_kind", "address"),
            node_id=_ids(points["node"], first["gis_node"]),
            link_id=_ids(points["link"], first["gis_link"]),
            geom=_point(points),
        ),
    )


def _only(table: pa.Table, *kept: str, **made: Any) -> pa.Table:
    return pa.table({**{name: table[name] for name in kept}, **made})


def _ids(rows: pa.ChunkedArray, first: int) -> pa.ChunkedArray:
    return pc.add(rows, first)


def _point(table: pa.Table, prefix: str = "") -> pa.ChunkedArray:
    return _joined("SRID=4326;POINT(", table[f"{prefix}lon"], " ", table[f"{prefix}lat"], ")")


def _line(table: pa.Table) -> pa.ChunkedArray:
    ends = (table["start_lon"], " ", table["start_lat"], ",", table["end_lon"], " ", table["end_lat"])
    return _joined("SRID=4326;LINESTRING(", *ends, ")")


def _joined(*parts: Any) -> pa.ChunkedArray:
    texts = [pa.scalar(part) if isinstance(part, str) else pc.cast(part, pa.string()) for part in parts]
    return pc.binary_join_element_wise(*texts, "")


def _zones(zones: pa.Table, first: int) -> pa.Table:
    outlines = [
        "SRID=4326;MULTIPOLYGON(((" + ",".join(f"{lon} {lat}" for lon, lat in ring) + ")))"
        for ring in zones["ring_degrees"].to_pylist()
    ]
    since = f"[{datetime(2024, 1, 1, tzinfo=UTC).isoformat()},)"
    return _only(
        zones,
        *("code", "kind", "name_fr", "name_ar"),
        parent_id=_ids(zones["parent"], first),
        geom=pa.array(outlines),
        valid=pa.repeat(since, len(zones)),
        synthetic=pa.repeat(True, len(zones)),
        version=pa.repeat(1, len(zones)),
    )


def _with(rows: pa.Table, shared: dict[str, Any], first: int) -> pa.Table:
    columns = {"id": pa.array(np.arange(first, first + len(rows)))}
    columns |= {name: rows[name] for name in rows.column_names}
    return pa.table(columns | {name: pa.repeat(value, len(rows)) for name, value in shared.items()})


def _copy(db: psycopg.Connection, table: str, rows: pa.Table) -> None:
    columns = ", ".join(rows.column_names)
    # FORCE_NOT_NULL: an empty string is an empty string, except where a number or a key is missing.
    texts = ", ".join(field.name for field in rows.schema if field.type == pa.string())
    copying = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({texts}))"
    with db.cursor() as cursor, cursor.copy(copying.encode()) as copy:
        for batch in rows.to_batches(max_chunksize=BATCH):
            held = BytesIO()
            csv.write_csv(batch, held, csv.WriteOptions(include_header=False))
            copy.write(held.getbuffer())


def _name_old_references(db: psycopg.Connection, district: District, network: int, first: int) -> None:
    """Keep the former operator's references as aliases, where the database has a table for them."""
    row = db.execute("SELECT to_regclass('gis_connectionpointalias')").fetchone()
    if row is None or row[0] is None:
        return
    points = district.points
    ids = np.arange(first, first + len(points))
    _copy(
        db,
        "gis_connectionpointalias",
        pa.table(
            {
                "connection_point_id": ids,
                "reference": points["old_reference"],
                "network_id": pa.repeat(network, len(points)),
            }
        ),
    )
