"""Let the history of the networks know who asked."""

from __future__ import annotations

from django.http import HttpRequest

from backend.core.middleware import BothWays, Response
from gis.attribution import remember_request

SAFE = {"GET", "HEAD", "OPTIONS"}


class AttributionMiddleware(BothWays):
    """Attributes what a request changes to who sent it, known by session or, later, by token."""

    def before(self, request: HttpRequest) -> None:
        if request.method not in SAFE:
            remember_request(request)

    def after(self, request: HttpRequest, response: Response) -> Response:
        remember_request(None)
        return response
