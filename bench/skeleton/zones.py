"""Zone figures over HTTP: a year by day with the year before, and how that grows with days and with meters.

A figure is read from one row per zone and day, so it should grow with the days asked for and not with the
meters of the zone: the largest and the smallest zone are measured side by side.
"""

from __future__ import annotations

import http.client
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bench.skeleton.latency import summary
from bench.skeleton.platform import Platform
from bench.skeleton.tiles import token

DAYS = (30, 90, 365, 1095)
REQUESTS = 60
ZONES = ("berkane", "dma-a", "tr-1")


def measure() -> dict[str, Any]:
    """Ask for the figures of a large, a middling and a small zone, one request at a time."""
    platform = Platform.running()
    client = _Client(platform)
    utilities = {zone: "electricity" if zone.startswith("tr-") else "water" for zone in ZONES}
    return {
        "year_by_day": {zone: client.figures(zone, utility, 365) for zone, utility in utilities.items()},
        "grows_with_days": {str(days): client.figures(ZONES[0], "water", days) for days in DAYS},
        "a_day_by_hour": client.figures(ZONES[0], "water", 1, bucket="hour"),
        "grows": "with the days asked for, not with the meters: one row per zone and day is read",
    }


class _Client:
    def __init__(self, platform: Platform) -> None:
        address = urlsplit(platform.base_url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=60)
        self.headers = {"Authorization": f"Token {token(platform)}"}

    def figures(self, zone: str, utility: str, days: int, *, bucket: str = "day") -> dict[str, Any]:
        """Ask `REQUESTS` times; return the latencies with what the answers held."""
        today = datetime.now(UTC).date()
        start = today - timedelta(days=days - 1)
        path = (
            f"/api/v1/zones/{zone}/consumption/?from={start}&to={today}&bucket={bucket}"
            f"&utility={utility}&compare=previous-year"
        )
        self._get(path)
        timed = [self._get(path) for _ in range(REQUESTS)]
        series = timed[0][1]["series"]
        known = [one for one in series if one["value"] is not None]
        meters = max((one["meters_total"] for one in series), default=0)
        held = {"periods": len(series), "with_value": len(known), "meters": meters}
        return summary([milliseconds for milliseconds, _ in timed]) | held

    def _get(self, path: str) -> tuple[float, dict[str, Any]]:
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        milliseconds = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return milliseconds, json.loads(body)
