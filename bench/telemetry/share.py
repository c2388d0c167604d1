"""Two ingesters in a shared group: together they store what was published, whole, once and unchanged."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.telemetry.plant import DEVICES, cpu_s, message_of, plant, publish, until

MESSAGES = 40_000
MEMBERS = 2
_STORED = """
SELECT device.code, reading.seq, reading.at, reading.value
FROM telemetry_reading AS reading
JOIN telemetry_sensor AS sensor ON sensor.id = reading.sensor_id
JOIN telemetry_device AS device ON device.id = sensor.device_id
"""
_LOCKED = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"


def measure() -> dict[str, Any]:
    """Publish while two members listen; compare what was published with what stands in the database."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=MESSAGES / DEVICES)
    with plant() as running, ExitStack() as stack:
        members = [
            stack.enter_context(running.ingester("--share", "bench", "--member", str(number + 1)))
            for number in range(MEMBERS)
        ]
        db = stack.enter_context(psycopg.connect(running.database, autocommit=True))
        until(lambda: db.execute(_LOCKED).fetchone()[0] >= MEMBERS)  # type: ignore[index]
        time.sleep(3)  # subscribed
        idle = [cpu_s(member.pid) for member in members]
        began = time.perf_counter()
        publish(running.port, MESSAGES, 1, start=start)
        until(lambda: _count(db) >= MESSAGES)
        took = time.perf_counter() - began
        spent = [cpu_s(member.pid) - before for member, before in zip(members, idle, strict=True)]
        rows = db.execute(_STORED).fetchall()
    return {
        "published": MESSAGES,
        "stored": len(rows),
        "same_content": set(rows) == _published(start),
        "members_processor_s": [round(one, 1) for one in spent],
        "messages_per_s_with_the_publisher": round(MESSAGES / took),
    }


def _count(db: Any) -> int:
    return int(db.execute("SELECT count(*) FROM telemetry_reading").fetchone()[0])


def _published(start: datetime) -> set[tuple[Any, ...]]:
    said = (message_of(number, 1, start) for number in range(MESSAGES))
    return {
        (topic.partition("/")[2], item["seq"], datetime.fromisoformat(item["ts"]), item["values"]["v0"])
        for topic, item in said
    }
