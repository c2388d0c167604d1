"""Errors outside the views of the API: a designed page for people, a problem for programs."""

from __future__ import annotations

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from backend.core.api.problems import CODES, problem_body
from backend.core.errors import ChabakaError
from backend.core.middleware import BothWays

MACHINE_PREFIXES = ("/api/", "/tiles/", "/ogc/", "/live/", "/open311/")

log = structlog.get_logger(__name__)


class ErrorPagesMiddleware(BothWays):
    """Answers the errors that services raise in pages; the API has its own handler."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ChabakaError) or exception.status == 500:
            return None
        return answer_error(request, exception.status, exception.detail, code=exception.code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense, or is larger than what is taken in."""
    if isinstance(exception, RequestDataTooBig):
        return answer_error(request, 413, _("This is too large to be taken in."))
    return answer_error(request, 400, _("This request could not be read."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer someone whose role does not open this."""
    return answer_error(request, 403, _("Your role does not allow this."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address where there is nothing, or nothing this person may see."""
    return answer_error(request, 404, _("There is nothing here, or nothing you may see."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours, without touching the database that may be the cause."""
    title = _("Something failed on our side. It has been noted.")
    if request.path.startswith(MACHINE_PREFIXES):
        return _problem(500, title)
    try:
        return HttpResponse(render_to_string("500.html", {"status": 500, "title": title}), status=500)
    except Exception as error:
        log.error("error_page_failed", error=type(error).__name__)
        return HttpResponse(title, status=500, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose protection has run out, or that came from elsewhere."""
    log.info("csrf_refused", reason=reason)
    title = _("This form is no longer valid. Go back, reload the page and send it again.")
    return answer_error(request, 403, title, code="csrf")


def answer_error(request: HttpRequest, status: int, title: str, *, code: str = "") -> HttpResponse:
    if request.path.startswith(MACHINE_PREFIXES):
        return _problem(status, title, code=code)
    context = {"status": status, "title": title}
    pages = [f"{status}.html", "error.html"]
    return HttpResponse(render_to_string(pages, context, request=request), status=status)


def _problem(status: int, title: str, *, code: str = "") -> JsonResponse:
    body = problem_body(status, code or CODES.get(status, "error"), title)
    return JsonResponse(body, status=status, content_type="application/problem+json")
