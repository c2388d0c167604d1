"""The one table from errors to `application/problem+json`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.core.errors import ChabakaError

CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "error",
}


def problem_body(status: int, code: str, title: str, **extra: Any) -> dict[str, Any]:
    """Return the members of a problem (RFC 9457): ours are `code` and whatever helps the caller."""
    return {"type": f"urn:chabaka:problem:{code}", "title": title, "status": status, "code": code, **extra}


def problem(status: int, code: str, title: str, **extra: Any) -> Response:
    """Return a problem answer."""
    body = problem_body(status, code, title, **extra)
    return Response(body, status=status, content_type="application/problem+json")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem; None lets an unknown error be a 500."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    set_rollback()
    if isinstance(error, ChabakaError):
        return problem(error.status, error.code, error.detail, **error.extra)
    if isinstance(error, exceptions.ValidationError):
        return problem(
            400, "invalid", _("Some of what was sent cannot be used."), errors=_as_mapping(error.detail)
        )
    if isinstance(error, exceptions.APIException):
        signed_out = isinstance(error, exceptions.NotAuthenticated)
        title = _("You are not signed in, or no longer. Sign in again.") if signed_out else str(error.detail)
        response = problem(error.status_code, CODES.get(error.status_code, "error"), title)
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(int(wait))
        return response
    return None


def _as_mapping(detail: Any) -> Any:
    return detail if isinstance(detail, dict) else {"non_field_errors": detail}
