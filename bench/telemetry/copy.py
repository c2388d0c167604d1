"""Twenty values a message, broker to commit, against binary COPY of as many rows into the same table."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.telemetry.mqtt import drain
from bench.telemetry.plant import plant

MESSAGES, VALUES, ROWS = 12_000, 20, 40_000
COPY = "COPY telemetry_reading (sensor_id, at, received_at, seq, value, quality) FROM STDIN (FORMAT BINARY)"
TYPES = ["int8", "timestamptz", "timestamptz", "int8", "float8", "int2"]


def measure() -> dict[str, Any]:
    """Drain a backlog with the ingester, then copy the same number of rows in batches of the same size."""
    with plant() as running:
        found = drain(running, MESSAGES, VALUES)
        copied = _copy(running.database, MESSAGES * VALUES)
    rate = found["stored_readings_per_s"]
    return found | {"copied_rows_per_s": round(copied), "share_of_copy": round(rate / copied, 2)}


def _copy(database: str, rows: int) -> float:
    """Copy rows of the same sensors into the partition of yesterday, through the partitioned table."""
    start = datetime.now(UTC).replace(hour=1) - timedelta(days=1)
    with psycopg.connect(database) as db:
        found = db.execute(
            "SELECT id FROM telemetry_sensor WHERE code LIKE 'bench-many-%' ORDER BY id"
        ).fetchall()
        sensors = [row[0] for row in found]
        prepared = [
            (sensors[n % len(sensors)], at := start + timedelta(seconds=n // len(sensors)), at, n, 400.0, 192)
            for n in range(rows)
        ]
        db.commit()
        began = time.perf_counter()
        for first in range(0, rows, ROWS):
            with db.cursor().copy(COPY) as copy:
                copy.set_types(TYPES)
                for row in prepared[first : first + ROWS]:
                    copy.write_row(row)
            db.commit()
        return rows / (time.perf_counter() - began)
