"""Try a change that someone asked for on a page, and keep what the service answered for that page to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import HttpRequest

from backend.core.domain.numbers import whole_number
from backend.core.errors import (
    ChabakaError,
    InvalidInput,
    PermissionRefused,
    TransitionForbidden,
    VersionConflict,
)
from backend.core.models import User

NOT_NOW = frozenset({409, 503})
"""Statuses of what may go well another time: they are told on the page where the change was asked for."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change was not made. `conflict` is set when someone else was first."""

    status: int
    message: str
    conflict: bool = False
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)


def attempt(change: Callable[[], Any]) -> Refusal | None:
    """Make a change; return None when it was made. An object that is not there stays an error of its own."""
    try:
        change()
    except InvalidInput as error:
        errors = error.extra.get("errors", {})
        return Refusal(
            422, " ".join(line for told in errors.values() for line in told) or error.detail, errors=errors
        )
    except TransitionForbidden as error:
        return Refusal(409, error.detail, conflict=isinstance(error, VersionConflict))
    except PermissionRefused as error:
        return Refusal(403, error.detail)
    except ChabakaError as error:
        if error.status not in NOT_NOW:
            raise
        return Refusal(error.status, error.detail, errors=error.extra.get("errors", {}))
    return None


def seen_version(request: HttpRequest) -> int:
    """Return the version of the row that the person had before their eyes; an absent one matches nothing."""
    return whole_number(request.POST.get("version", "")) or 0


def signed_in(request: HttpRequest) -> User:
    """Return who is signed in, on a page that lets nobody else in."""
    return cast(User, request.user)
