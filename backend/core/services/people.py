"""People, their roles, and the operator they work for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.core import clock
from backend.core.models import Organisation, Role, RoleAssignment, User


@transaction.atomic
def ensure_user(
    *,
    username: str,
    password: str | None = None,
    full_name: str = "",
    phone: str | None = None,
    email: str = "",
    language: str = "fr",
    roles: Iterable[str] = (),
) -> User:
    """Create a person or bring an existing one up to date, and grant the roles that are missing from now on.

    An administrator may enter the administration site; the password is written only when it differs.
    """
    roles = frozenset(roles)
    values: dict[str, Any] = {"full_name": full_name, "phone": phone, "email": email, "language": language}
    if Role.ADMINISTRATOR in roles:
        values |= {"is_staff": True, "is_superuser": True}
    user, _ = User.objects.update_or_create(username=username, defaults=values)
    if password is not None and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    for role in sorted(roles):
        grant_role(user=user, role=role)
    return user


@transaction.atomic
def grant_role(*, user: User, role: str, since: datetime | None = None) -> None:
    """Give a person a role from an instant on; nothing changes when they hold it then."""
    since = since or clock.now()
    held = RoleAssignment.objects.select_for_update().filter(user=user, role=role)
    if not held.valid_at(since).exists():
        RoleAssignment.objects.create(user=user, role=Role(role), valid=DateTimeTZRange(since, None))
    user.__dict__.pop("_roles_now", None)


@transaction.atomic
def withdraw_role(*, user: User, role: str, at: datetime | None = None) -> None:
    """End a role at an instant; what was done under it stays true."""
    at = at or clock.now()
    for row in RoleAssignment.objects.select_for_update().filter(user=user, role=role).valid_at(at):
        row.valid = DateTimeTZRange(row.valid.lower, at)
        row.save(update_fields=["valid"])
    user.__dict__.pop("_roles_now", None)


def set_organisation(**values: Any) -> Organisation:
    """Name the operator of this installation, or change what is known of it."""
    return Organisation.objects.update_or_create(pk=1, defaults=values)[0]
