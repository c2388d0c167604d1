"""Memory of the ingester over a million messages, ten times a hundred thousand, while they come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from bench.telemetry.plant import open_session, plant, publish, until

ROUNDS, MESSAGES = 10, 100_000
STORED = "SELECT sum(n_tup_ins) FROM pg_stat_user_tables WHERE relname LIKE 'telemetry_reading\\_%'"


def measure() -> dict[str, Any]:
    """Publish a round, wait until it is stored, read the memory; the others are held to the second."""
    with plant() as running:
        open_session(running.port, "bench-ingest")
        with (
            running.ingester() as process,
            psycopg.connect(running.database, autocommit=True) as db,
        ):
            sizes = [_round(db, running.port, process.pid, number) for number in range(1, ROUNDS + 1)]
    grown = round(sizes[-1] / sizes[1] - 1, 3)
    return {"messages": ROUNDS * MESSAGES, "memory_mb": sizes, "grown_since_second_round": grown}


def _round(db: Any, port: int, pid: int, number: int) -> float:
    publish(port, MESSAGES, 1)
    until(lambda: int(db.execute(STORED).fetchone()[0] or 0) >= number * MESSAGES)
    status = Path(f"/proc/{pid}/status").read_text()
    return round(int(status.split("VmRSS:")[1].split()[0]) / 1024, 1)
