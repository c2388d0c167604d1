"""Errors people can act on. The docstring is the message; `backend.core.api.problems` maps them to HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop


class ChabakaError(Exception):
    """Something went wrong."""

    status = 500
    code = "error"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        self.detail = detail or gettext((self.__doc__ or "").strip())
        self.extra = extra
        super().__init__(self.detail)


class InvalidInput(ChabakaError):  # noqa: N818
    """Some of what was sent cannot be used."""

    status = 400
    code = "invalid"

    def __init__(
        self, detail: str | None = None, *, errors: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        super().__init__(detail, **({"errors": errors} if errors else {}))


class NotFound(ChabakaError):  # noqa: N818
    """There is nothing here, or nothing you may see."""

    status = 404
    code = "not_found"


class PermissionRefused(ChabakaError):  # noqa: N818
    """Your role does not allow this."""

    status = 403
    code = "forbidden"


class SecondFactorMissing(ChabakaError):  # noqa: N818
    """Your role asks for a second factor: sign in on a browser and set it up."""

    status = 403
    code = "second_factor_missing"


class TransitionForbidden(ChabakaError):  # noqa: N818
    """This change is not possible from the current state."""

    status = 409
    code = "transition_forbidden"

    def __init__(
        self, detail: str | None = None, *, current: str, version: int, allowed: Sequence[str]
    ) -> None:
        super().__init__(detail, current=current, version=version, allowed=list(allowed))


class VersionConflict(TransitionForbidden):
    """Someone changed this in the meantime."""

    code = "version_conflict"


class IdempotencyMismatch(ChabakaError):  # noqa: N818
    """This key was already used with another content."""

    status = 422
    code = "idempotency_mismatch"


class IdempotencyInFlight(ChabakaError):  # noqa: N818
    """The same request is still being worked on."""

    status = 409
    code = "idempotency_in_flight"


class WorkerUnreachable(ChabakaError):  # noqa: N818
    """The worker cannot be reached: nothing was started. Try again in a minute."""

    status = 503
    code = "worker_unreachable"


class NotKept(ChabakaError):  # noqa: N818
    """What you wrote could not be kept. Try again in a minute."""

    status = 503
    code = "not_kept"


# The docstrings above, for makemessages, which reads calls only. A test holds the two together.
MESSAGES = (
    gettext_noop("Something went wrong."),
    gettext_noop("Some of what was sent cannot be used."),
    gettext_noop("There is nothing here, or nothing you may see."),
    gettext_noop("Your role does not allow this."),
    gettext_noop("Your role asks for a second factor: sign in on a browser and set it up."),
    gettext_noop("This change is not possible from the current state."),
    gettext_noop("Someone changed this in the meantime."),
    gettext_noop("This key was already used with another content."),
    gettext_noop("The same request is still being worked on."),
    gettext_noop("The worker cannot be reached: nothing was started. Try again in a minute."),
    gettext_noop("What you wrote could not be kept. Try again in a minute."),
)
