"""A load generator: so many clients, each with one connection kept open, on one processor."""

from __future__ import annotations

import http.client
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    path: str
    status: int
    ms: float
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Load:
    """What came back, in the order of asking by each client, and how long it all took."""

    answers: list[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds


def run(base_url: str, paths: Sequence[str], headers: Mapping[str, str], *, clients: int = 4) -> Load:
    """Ask for every path once, dealt in turn to `clients` that each wait for their answer before the next.

    Raises:
        RuntimeError: something else than 200, 204 or 304 came back.
    """
    return run_each(base_url, [(path, {}) for path in paths], headers, clients=clients)


def run_each(
    base_url: str,
    asked: Sequence[tuple[str, Mapping[str, str]]],
    headers: Mapping[str, str],
    *,
    clients: int = 4,
) -> Load:
    """The same, where each path brings headers of its own."""
    shares = [asked[start::clients] for start in range(clients)]
    with _pinned(), ThreadPoolExecutor(clients) as pool:
        began = time.perf_counter()
        done = list(pool.map(lambda share: _client(base_url, share, headers), shares))
        seconds = time.perf_counter() - began
    return Load([answer for share in done for answer in share], seconds)


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return p50, p95 and the largest of the latencies, and the largest body."""
    ordered = sorted(answer.ms for answer in answers)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[max(0, -(-95 * len(ordered) // 100) - 1)], 1),
        "max_ms": round(ordered[-1], 1),
        "largest_kb": round(max(answer.size for answer in answers) / 1000, 1),
        "samples": len(ordered),
    }


@contextmanager
def _pinned() -> Iterator[None]:
    """Keep this process to one processor meanwhile: the last one, the same for whoever is measured."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(everywhere)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


def _client(
    base_url: str, asked: Sequence[tuple[str, Mapping[str, str]]], headers: Mapping[str, str]
) -> list[Answer]:
    address = urlsplit(base_url)
    connection = http.client.HTTPConnection(
        address.hostname or "127.0.0.1", address.port or 80, timeout=TIMEOUT_S
    )
    return [_ask(connection, path, {**headers, **own}) for path, own in asked]


def _ask(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> Answer:
    began = time.perf_counter()
    connection.request("GET", path, headers=dict(headers))
    response = connection.getresponse()
    size = len(response.read())
    ms = (time.perf_counter() - began) * 1000
    if response.status not in {200, 204, 304}:
        raise RuntimeError(f"{path}: {response.status}")
    return Answer(path, response.status, ms, size, response.headers.get("ETag", ""))
