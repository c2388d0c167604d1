"""The demo's accounts, one per role, offered by one click. Nothing of this exists in production."""

from __future__ import annotations

import json
from dataclasses import dataclass

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from backend.core.models import Role, User


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A role and who plays it."""

    role: str
    username: str

    @property
    def label(self) -> str:
        """The role's name in the language of the moment."""
        return str(Role(self.role).label)


def demo_accounts() -> list[DemoAccount]:
    """Read the accounts that `load_demo` wrote, in the order of the roles; none outside the demo."""
    if not settings.DEMO:
        return []
    try:
        accounts = json.loads((settings.RUN_DIR / "demo.json").read_text())["accounts"]
    except (OSError, ValueError, KeyError):
        return []
    order = [
        Role.SUPERVISOR,
        Role.DISPATCHER,
        Role.TECHNICIAN,
        Role.AGENT,
        Role.ANALYST,
        Role.ADMINISTRATOR,
        Role.CITIZEN,
    ]
    return [DemoAccount(role.value, accounts[role]["username"]) for role in order if role in accounts]


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the demo's holder of the posted role."""
    offered = {account.role: account.username for account in demo_accounts()}
    username = offered.get(request.POST.get("role", ""))
    if username is None:
        raise Http404
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    user = get_object_or_404(User, username=username, is_active=True)
    response: HttpResponse = perform_login(request, user, redirect_url=target if safe else None)
    return response
