"""Staff need a second factor before they see anything but the page that sets it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.core.error_pages import MACHINE_PREFIXES, answer_error
from backend.core.errors import SecondFactorMissing
from backend.core.middleware import BothWays, Response
from backend.core.models import User
from backend.core.queries.second_factor import lacks_second_factor

OPEN_TO_ALL = ("/accounts/", "/static/", "/healthz", "/readyz", "/metrics")


class SecondFactorMiddleware(BothWays):
    """Send staff who signed in without a second factor to set one up; tell programs 403 instead."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        if not settings.REQUIRE_SECOND_FACTOR:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def __call__(self, request: HttpRequest) -> Response:
        if self.waits:
            return super().__call__(request)
        return self._refusal(request) or self.get_response(request)

    async def _async(self, request: HttpRequest) -> Response:
        return await sync_to_async(self._refusal)(request) or await self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if request.path.startswith(OPEN_TO_ALL) or not isinstance(request.user, User):
            return None
        # Asked each time: who was a citizen may work here now, and a second factor can be taken away.
        if not lacks_second_factor(request.user):
            return None
        if request.path.startswith(MACHINE_PREFIXES):
            error = SecondFactorMissing()
            return answer_error(request, error.status, error.detail, code=error.code)
        messages.info(request, _("Your role asks for a second factor: set it up to go on."))
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
