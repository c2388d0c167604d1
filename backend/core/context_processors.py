"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from backend.core.accounts.demo import demo_accounts
from backend.core.queries.organisation import organisation
from backend.core.queries.users import roles_of


def platform(request: HttpRequest) -> dict[str, Any]:
    """Give templates the operator, the demo's mark and the roles of the person."""
    user = getattr(request, "user", None)
    return {
        "organisation": SimpleLazyObject(organisation),
        "is_demo": settings.DEMO,
        "demo_accounts": SimpleLazyObject(demo_accounts),
        "roles": SimpleLazyObject(lambda: roles_of(user)),
    }
