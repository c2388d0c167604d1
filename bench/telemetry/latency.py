"""From the publisher to the commit and to an open live stream, at 2,000 messages a second.

Commits are seen by a listener of the database: when one is announced, how old are the values of its sensors?
Each message of a batch is of another device, so that none hides another. Arrivals at the stream are read
from the events; beside the load, 20 devices take turns in breaking a limit without delay.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench.telemetry.inside import summary
from bench.telemetry.plant import ROOT, Plant, client_of, connect, plant
from bench.telemetry.watching import Web, chunks, events, web

PER_S, DEVICES, WATCHED = 2000, 1000, 20
WARM_UP_S, WINDOW_S, ROUNDS = 5.0, 40.0, 3
NEWEST = """
SELECT extract(epoch FROM latest.at)::float8
FROM telemetry_latestreading AS latest WHERE sensor_id = ANY(%s::bigint[])
"""


def measure() -> dict[str, Any]:
    """Measure all three ways in one run."""
    with plant(devices=DEVICES, watched=WATCHED) as running, web(running) as there, running.listening():
        return asyncio.run(_measure(running, there))


async def _measure(running: Plant, there: Web) -> dict[str, Any]:
    seen = _Seen()
    stream = asyncio.create_task(_watch(there, seen))
    while not seen.is_open:
        assert not stream.done(), stream.result()
        await asyncio.sleep(0.05)
    stopping = threading.Event()
    listener = threading.Thread(target=_listen, args=(running.database, seen, stopping))
    seconds = WARM_UP_S + WINDOW_S
    with publishing(running, PER_S, seconds) as publisher:
        await asyncio.sleep(WARM_UP_S)
        listener.start()
        seen.counting = True
        raised = await asyncio.to_thread(break_limits, running.port)
        while publisher.poll() is None:
            await asyncio.sleep(0.1)
        assert publisher.stdout
        sent = int(publisher.stdout.read().split()[-1])
    seen.counting = False
    await asyncio.sleep(2)
    stopping.set()
    listener.join(10)
    assert not stream.done(), stream.result()
    stream.cancel()
    alarms = [(seen.alarms[key] - at) * 1000 for key, at in raised.items() if key in seen.alarms]
    return {
        "messages_per_s": round(sent / seconds),
        "published_to_committed": summary(seen.commits_ms),
        "published_to_stream": summary(seen.streams_ms),
        "alarm_to_stream": summary(alarms) | {"raised": len(raised)},
    }


class _Seen:
    def __init__(self) -> None:
        self.is_open = self.counting = False
        self.commits_ms: list[float] = []
        self.streams_ms: list[float] = []
        self.alarms: dict[str, float] = {}


async def _watch(there: Web, seen: _Seen) -> None:
    async for chunk in chunks(there):
        now = time.time()
        for name, data in events(chunk):
            if name == "snapshot":
                seen.is_open = True
            elif name == "reading" and seen.counting:
                for one in data["readings"]:
                    if one["code"].startswith("bench-one"):
                        seen.streams_ms.append((now - datetime.fromisoformat(one["at"]).timestamp()) * 1000)
            elif name == "alarm" and data["to"] == "active_unacknowledged":
                seen.alarms[_turn_of(data["sensor"], seen)] = now


def _turn_of(sensor: str, seen: _Seen) -> str:
    """Name the n-th time that the alarm of a sensor was heard."""
    return f"{sensor} #{sum(key.startswith(f'{sensor} #') for key in seen.alarms)}"


def break_limits(port: int) -> dict[str, float]:
    """Let each watched device leave its limit and come back, in rounds; return when it was published."""
    client = client_of("bench-watched", keep=False)
    connect(client, port)
    client.loop_start()
    raised = {}
    pause = WINDOW_S * 0.8 / (ROUNDS * WATCHED * 2)
    for turn in range(ROUNDS):
        for value in (2000, 500):
            for number in range(WATCHED):
                at = datetime.now(UTC)
                body = f'{{"ts":"{at.isoformat()}","values":{{"v0":{value}}}}}'
                if value > 1000:
                    raised[f"bench-watched-{number}.v0 #{turn}"] = time.time()
                client.publish(f"telemetry/bench-watched-{number}", body, qos=1)
                time.sleep(pause)
    client.disconnect()
    client.loop_stop()
    return raised


def _listen(database: str, seen: _Seen, stopping: threading.Event) -> None:
    with psycopg.connect(database, autocommit=True) as db, psycopg.connect(database, autocommit=True) as own:
        db.execute("LISTEN chabaka_readings")
        while not stopping.is_set():
            for notice in db.notifies(timeout=0.5):
                now = time.time()
                rows = own.execute(NEWEST, ["{" + notice.payload + "}"]).fetchall()
                if seen.counting:
                    seen.commits_ms += [(now - row[0]) * 1000 for row in rows if row[0] < now]


def publishing(running: Plant, per_second: float, seconds: float) -> subprocess.Popen[bytes]:
    """Start a publisher of single values, all devices in turn; at its end it prints how many it sent."""
    command = [sys.executable, "-m", "bench.telemetry.publisher", str(running.port), str(per_second)]
    more = [str(seconds), str(DEVICES)]
    return subprocess.Popen([*command, *more], cwd=ROOT, env=os.environ.copy(), stdout=subprocess.PIPE)
