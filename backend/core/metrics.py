"""Figures for Prometheus: histograms kept in the process, and counts read from the database when asked
for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hmac import compare_digest

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

Collect = Callable[[], Iterable[Metric]]

LOOPBACK = {"127.0.0.1", "::1"}

log = structlog.get_logger(__name__)
registry = CollectorRegistry()
http_seconds = Histogram(
    "chabaka_http_request_seconds",
    "Time from the request to the start of its answer.",
    ["method", "route", "status"],
    registry=registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
collector_failures = Counter(
    "chabaka_collector_failures", "Figures that could not be read.", ["collector"], registry=registry
)


class _AtScrape(Collector):
    """Reads its figures when they are asked for, and never takes the others down with it."""

    def __init__(self, name: str, collect: Collect) -> None:
        self.name, self._collect = name, collect

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        try:
            yield from list(self._collect())
        except Exception as error:
            collector_failures.labels(self.name).inc()
            log.warning("collector_failed", collector=self.name, error=type(error).__name__)


def register_collector(name: str, collect: Collect) -> None:
    """Add figures read at each scrape. Register once, in the app's `ready()`."""
    registry.register(_AtScrape(name, collect))


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the bearer of `CHABAKA_METRICS_TOKEN`; without a token, this machine in the demo and nobody
    elsewhere."""
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    here = settings.DEMO and request.META.get("REMOTE_ADDR") in LOOPBACK
    if not (compare_digest(given.encode(), f"Bearer {token}".encode()) if token else here):
        return HttpResponseForbidden(content_type="text/plain")
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
