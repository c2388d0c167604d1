"""Who holds which role now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from backend.core import clock
from backend.core.domain.phones import normalise_phone
from backend.core.models import RoleAssignment, User
from backend.core.models.users import STAFF_ROLES


def roles_of(user: User | AnonymousUser | None, at: datetime | None = None) -> frozenset[str]:
    """Return the roles a person holds at an instant (now, unless told); none for the anonymous and the
    inactive.

    The answer for now is kept on the instance, which lives as long as a request.
    """
    if user is None or isinstance(user, AnonymousUser) or not user.is_active:
        return frozenset()
    if at is None and (kept := getattr(user, "_roles_now", None)) is not None:
        return frozenset(kept)
    rows = RoleAssignment.objects.filter(user=user).valid_at(at or clock.now()).values_list("role", flat=True)
    roles = frozenset(rows)
    if at is None:
        user._roles_now = roles  # type: ignore[attr-defined]
    return roles


def is_staff_member(user: User | AnonymousUser | None) -> bool:
    """Say whether a person works here."""
    return bool(roles_of(user) & STAFF_ROLES)


def holders_of(role: str, at: datetime | None = None) -> list[User]:
    """Return the active people who hold a role at an instant (now, unless told), by name."""
    held = RoleAssignment.objects.filter(role=role).valid_at(at or clock.now()).values("user")
    return list(User.objects.filter(pk__in=held, is_active=True).order_by("full_name", "pk"))


def names_of(ids: Collection[int]) -> dict[int, str]:
    """Return the names of some people, by id."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def username_for(identifier: str) -> str:
    """Return the username of whoever signs in by a username, a phone number or an email address.

    An identifier that fits nobody, or an email address that fits several, comes back as it is.
    """
    identifier = identifier.strip()
    if User.objects.filter(username=identifier).exists():
        return identifier
    if phone := normalise_phone(identifier):
        found = User.objects.filter(phone=phone)
    elif "@" in identifier:
        found = User.objects.filter(email__iexact=identifier)
    else:
        return identifier
    names = list(found.values_list("username", flat=True)[:2])
    return names[0] if len(names) == 1 else identifier
