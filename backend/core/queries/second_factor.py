"""Whether a person may enter without a second factor."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from django.conf import settings

from backend.core.models import User
from backend.core.queries.users import is_staff_member


def lacks_second_factor(user: User) -> bool:
    """Say whether a person must set up a second factor first."""
    return settings.REQUIRE_SECOND_FACTOR and is_staff_member(user) and not _has_second_factor(user)


def _has_second_factor(user: User) -> bool:
    """Take what was read along with the person, else ask."""
    known = getattr(user, "_has_second_factor", None)
    return get_adapter().is_mfa_enabled(user) if known is None else known
