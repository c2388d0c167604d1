"""Memory of the ingester over a million messages, ten times a hundred thousand, while they come in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from bench.skeleton import mqtt

ROUNDS, MESSAGES = 10, 100_000
STORED = "SELECT sum(n_tup_ins) FROM pg_stat_user_tables WHERE relname LIKE 'telemetry_reading\\_%'"


def measure() -> dict[str, Any]:
    """Publish a round, wait until it is stored, read the memory; the others are held to the second."""
    with mqtt._broker() as port, mqtt._database() as database:
        env = os.environ | {
            "MQTT_URL": f"mqtt://127.0.0.1:{port}",
            "DATABASE_URL": database,
            "CHABAKA_ENV": "test",
        }
        mqtt._manage(env, "migrate", "--verbosity", "0")
        mqtt._import_devices(env)
        mqtt._open_session(port, "bench-ingest")
        command = [sys.executable, "manage.py", "ingest_mqtt", "--client-id", "bench-ingest"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=mqtt.ROOT, env=env, stdout=quiet, stderr=quiet)
        try:
            with psycopg.connect(database, autocommit=True) as db:
                sizes = [_round(db, port, process.pid, number) for number in range(1, ROUNDS + 1)]
        finally:
            process.terminate()
            process.wait(30)
    grown = round(sizes[-1] / sizes[1] - 1, 3)
    return {"messages": ROUNDS * MESSAGES, "memory_mb": sizes, "grown_since_second_round": grown}


def _round(db: Any, port: int, pid: int, number: int) -> float:
    mqtt._publish(port, MESSAGES, 1)
    mqtt._until(lambda: int(db.execute(STORED).fetchone()[0] or 0) >= number * MESSAGES)
    status = Path(f"/proc/{pid}/status").read_text()
    return round(int(status.split("VmRSS:")[1].split()[0]) / 1024, 1)


if __name__ == "__main__":
    print(measure())
