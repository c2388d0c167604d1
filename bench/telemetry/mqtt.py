"""MQTT readings a second, end to end and durable, against a bare paho subscriber draining the same backlog.

The same messages wait for a bare subscriber (automatic acknowledgement, nothing stored) and for
`manage.py ingest_mqtt` (stored, merged, committed, then acknowledged); each drains them alone, one after the
other.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psycopg

from bench.telemetry.plant import (
    PATIENCE_S,
    Plant,
    client_of,
    connect,
    open_session,
    plant,
    publish,
    stored,
    until,
)

RUNS = {"one_value": (60_000, 1), "twenty_values": (12_000, 20)}


def measure() -> dict[str, Any]:
    """Measure both payload sizes; return rates in messages and readings a second."""
    with plant() as running:
        return {name: drain(running, *size) for name, size in RUNS.items()}


def drain(running: Plant, messages: int, values: int) -> dict[str, Any]:
    """Let a backlog wait, and drain it by the bare subscriber, then by the ingester."""
    with psycopg.connect(running.database, autocommit=True) as db:
        before = stored(db)
        open_session(running.port, "bare")
        open_session(running.port, "bench-ingest")
        published_s = publish(running.port, messages, values)
        bare = messages / _drain_bare(running.port, messages)
        rate, memory_mb = _drain_ingest(running, db, before, messages * values)
    return {
        "messages": messages,
        "values_per_message": values,
        "publish_messages_per_s": round(messages / published_s),
        "bare_messages_per_s": round(bare),
        "stored_messages_per_s": round(rate / values),
        "stored_readings_per_s": round(rate),
        "share_of_bare": round(rate / values / bare, 2),
        "ingester_memory_mb": memory_mb,
    }


def _drain_bare(port: int, messages: int) -> float:
    client, seen = client_of("bare"), [0]
    client.on_message = lambda *arguments: seen.__setitem__(0, seen[0] + 1)
    connect(client, port)
    began: float | None = None
    deadline = time.monotonic() + PATIENCE_S
    while seen[0] < messages and time.monotonic() < deadline:
        client.loop(0.5)
        began = began or (time.perf_counter() if seen[0] else None)
    took = time.perf_counter() - (began or 0)
    assert seen[0] == messages, f"the bare subscriber got {seen[0]} of {messages}"
    client.disconnect()
    return took


def _drain_ingest(running: Plant, db: Any, before: int, readings: int) -> tuple[float, int]:
    with running.ingester() as process:
        first = until(lambda: stored(db) - before)
        began = time.perf_counter()
        until(lambda: stored(db) - before >= readings)
        took = time.perf_counter() - began
        status = Path(f"/proc/{process.pid}/status").read_text()
        memory_kb = int(status.split("VmHWM:")[1].split()[0])
    return (readings - first) / took, memory_kb // 1024
