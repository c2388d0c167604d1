"""One line and one observation for each request, under an identifier that goes back to the caller."""

from __future__ import annotations

import logging
import re
from time import perf_counter
from uuid import uuid4

import structlog
from django.http import HttpRequest

from backend.core.metrics import http_seconds
from backend.core.middleware import BothWays, Response

HEADER = "X-Request-ID"
QUIET = {"healthz", "readyz", "metrics"}
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")

SLOW_S = 1.0

log = structlog.get_logger(__name__)


class RequestLogMiddleware(BothWays):
    """Logs the route and never the address: public references and coordinates stand in addresses."""

    def before(self, request: HttpRequest) -> None:
        given = request.headers.get(HEADER, "")
        request.request_id = given if _ACCEPTED.fullmatch(given) else uuid4().hex  # type: ignore[attr-defined]
        request.started = perf_counter()  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]

    def after(self, request: HttpRequest, response: Response) -> Response:
        seconds = perf_counter() - request.started  # type: ignore[attr-defined]
        route = request.resolver_match.route if request.resolver_match else "unmatched"
        method = (
            request.method if request.method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} else "other"
        )
        http_seconds.labels(method, route, str(response.status_code)).observe(seconds)
        response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
        if route not in QUIET:
            log.log(
                _level(response.status_code, seconds),
                "request",
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response


def _level(status: int, seconds: float) -> int:
    """Faults of ours stand out, then refusals and slow answers."""
    if status >= 500:
        return logging.ERROR
    return logging.WARNING if status >= 400 or seconds > SLOW_S else logging.INFO
