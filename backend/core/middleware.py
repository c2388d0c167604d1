"""Language by `?lang=` and local time for people. Both work under sync and async views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

Response = HttpResponseBase


class BothWays:
    """A middleware that only needs a moment before the view and one after it."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.waits = iscoroutinefunction(get_response)
        if self.waits:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Response:
        if self.waits:
            return cast(Response, self._async(request))
        self.before(request)
        return self.after(request, self.get_response(request))

    async def _async(self, request: HttpRequest) -> Response:
        self.before(request)
        return self.after(request, await self.get_response(request))

    def before(self, request: HttpRequest) -> None: ...

    def after(self, request: HttpRequest, response: Response) -> Response:
        return response


class LanguageChoiceMiddleware(BothWays):
    """Let `?lang=fr|ar|en` choose the language and remember it in a cookie."""

    def before(self, request: HttpRequest) -> None:
        chosen = request.GET.get("lang")
        if chosen in dict(settings.LANGUAGES):
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen

    def after(self, request: HttpRequest, response: Response) -> Response:
        chosen = request.GET.get("lang")
        if chosen in dict(settings.LANGUAGES) and isinstance(response, HttpResponse):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite="Lax",
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )
        return response


class PlainAddressMiddleware(BothWays):
    """Refuse an address that holds a NUL: no text of the database can, so that nothing bears such a name."""

    def before(self, request: HttpRequest) -> None:
        if "\0" in request.path:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("NUL in a query")


class PrivateAnswersMiddleware(BothWays):
    """Let nobody between keep what one person was shown: the API, and every page of who is signed in."""

    def after(self, request: HttpRequest, response: Response) -> Response:
        personal = (
            request.path.startswith("/api/v1/")
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            or "Authorization" in request.headers
        )
        if personal and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class LocalTimeMiddleware(BothWays):
    """Show people the operator's local time; everything inside stays in UTC."""

    def before(self, request: HttpRequest) -> None:
        timezone.activate(ZoneInfo(settings.LOCAL_TIME_ZONE))

    def after(self, request: HttpRequest, response: Response) -> Response:
        timezone.deactivate()
        return response
