"""A thousand live streams while 20 values change each second: their delay, and what the web process uses."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from datetime import datetime
from typing import Any

from bench.telemetry.inside import percentile
from bench.telemetry.plant import ROOT, Plant, cpu_s, plant
from bench.telemetry.watching import Web, chunks, events, web

STREAMS, CHANGES_PER_S, DEVICES = 1000, 20, 50
WARM_UP_S, WINDOW_S = 5.0, 30.0
READ_BY_ALL = 20
"""Each twentieth stream is read event by event; of the others, arrivals are counted."""


def measure() -> dict[str, Any]:
    """Open the streams, publish through broker and ingester, and see when what was published arrives."""
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (8192, max(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    )
    with plant(devices=DEVICES) as running, web(running) as there, running.listening():
        return asyncio.run(_measure(running, there))


async def _measure(running: Plant, there: Web) -> dict[str, Any]:
    seen = _Seen()
    tasks = []
    for number in range(STREAMS):
        tasks.append(asyncio.create_task(_watch(there, seen, number)))
        while seen.opened < number - 20:
            await asyncio.sleep(0.01)
    while seen.opened < STREAMS:
        await asyncio.sleep(0.05)
    command = [sys.executable, "-m", "bench.telemetry.publisher", str(running.port), str(CHANGES_PER_S)]
    seconds = WARM_UP_S + WINDOW_S + 5
    publisher = subprocess.Popen([*command, str(seconds), str(DEVICES)], cwd=ROOT, env=os.environ.copy())
    await asyncio.sleep(WARM_UP_S)
    seen.counting, before, began = True, cpu_s(there.pid), time.perf_counter()
    await asyncio.sleep(WINDOW_S)
    seen.counting, spent, took = False, cpu_s(there.pid) - before, time.perf_counter() - began
    publisher.wait(30)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "streams": STREAMS,
        "changes_per_s": CHANGES_PER_S,
        "frames_per_s": round(seen.frames / took),
        "published_to_arrived": {
            "p50_ms": percentile(seen.delays_ms, 0.5),
            "p95_ms": percentile(seen.delays_ms, 0.95),
            "max_ms": round(max(seen.delays_ms), 1),
            "samples": len(seen.delays_ms),
        },
        "web_share_of_a_core": round(spent / took, 2),
    }


class _Seen:
    def __init__(self) -> None:
        self.opened = self.frames = 0
        self.counting = False
        self.delays_ms: list[float] = []


async def _watch(there: Web, seen: _Seen, number: int) -> None:
    is_open = False
    async for chunk in chunks(there):
        if not is_open and b"event: snapshot" in chunk:
            is_open = True
            seen.opened += 1
        if not seen.counting or b"event: reading" not in chunk:
            continue
        seen.frames += 1
        if number % READ_BY_ALL:
            continue
        now = time.time()
        for _, data in events(chunk):
            for one in data.get("readings", ()):
                seen.delays_ms.append((now - datetime.fromisoformat(one["at"]).timestamp()) * 1000)
