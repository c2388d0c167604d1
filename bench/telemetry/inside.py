"""Run a measurement in a process of its own on an empty, migrated database beside the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bench.gis.database import ROOT, empty

NAME = "chabaka_bench_telemetry"


def measure_inside(module: str) -> dict[str, Any]:
    """Run `python -m MODULE` with DATABASE_URL naming the empty database; return the JSON it prints last."""
    with empty(os.environ["DATABASE_URL"], NAME) as address:
        env = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "backend.config.settings"}
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def make_sensors(count: int, *, interval_s: float = 60) -> list[int]:
    """Make sensors, twenty a device; return their ids."""
    from telemetry.models import Device, Sensor

    devices = Device.objects.bulk_create(
        Device(code=f"bench-{n}", protocol="mqtt") for n in range((count + 19) // 20)
    )
    sensors = Sensor.objects.bulk_create(
        Sensor(
            device=devices[n // 20],
            key=f"v{n}",
            field=f"v{n}",
            code=f"bench.v{n}",
            quantity="pressure",
            unit="kPa",
            expected_interval_s=interval_s,
        )
        for n in range(count)
    )
    return [sensor.pk for sensor in sensors]


def summary(times_ms: list[float]) -> dict[str, float]:
    """Return p50, p95, the largest and the number of some milliseconds."""
    if not times_ms:
        return {"samples": 0}
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "max_ms": 1.0}
    return {name: percentile(times_ms, share) for name, share in shares.items()} | {"samples": len(times_ms)}


def percentile(times_ms: list[float], share: float) -> float:
    """Return the value below which a share of the times lies."""
    ordered = sorted(times_ms)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)
