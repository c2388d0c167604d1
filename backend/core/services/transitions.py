"""The one writer of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.domain.states import SYSTEM, StateTable
from backend.core.errors import InvalidInput, TransitionForbidden, VersionConflict
from backend.core.models import TransitionRecord, User
from backend.core.queries.users import roles_of
from backend.core.services import outbox

M = TypeVar("M", bound=models.Model)
Guard = Callable[[Any, User | None], str | None]
"""Takes the locked instance and the actor; returns why not, or None."""


@transaction.atomic
def apply_transition(
    *,
    instance: M,
    table: StateTable,
    record: type[TransitionRecord],
    to: str,
    actor: User | None,
    topic: str,
    reason: str = "",
    version: int | None = None,
    occurred_at: datetime | None = None,
    guards: Mapping[str, Guard] | None = None,
    also: Mapping[str, Any] | None = None,
    noted: Mapping[str, Any] | None = None,
    extra_roles: frozenset[str] = frozenset(),
) -> M:
    """Change the state of a row, or say why not.

    The row is locked, its version compared, the change looked up in the table, its roles, reason and guards
    checked; then the state and version are written, the transition recorded and the event published, all in
    one transaction. Nothing else writes a `state` column.

    Args:
        instance: a `Versioned` model with a `state`.
        table: the state machine.
        record: the append-only model with a `subject` foreign key to `instance`.
        actor: who asks; None is the platform itself.
        topic: the outbox topic; its payload is `{id, from, to, at, version}`.
        version: the version the asker saw; None skips the comparison (the platform itself).
        occurred_at: when it happened on the asker's device; defaults to now.
        guards: the conditions that the table's edges name.
        also: further columns to write with the change.
        noted: further columns of the transition record.
        extra_roles: roles that come from the relation of the actor to the instance (its reporter, for one).

    Raises:
        VersionConflict: someone changed the row in the meantime.
        TransitionForbidden: the table has no such change, the role may not, or a guard refuses.
        InvalidInput: a reason is needed.

    Returns:
        The same row, as written.
    """
    locked: Any = type(instance)._default_manager.select_for_update(of=("self",)).get(pk=instance.pk)
    current = locked.state
    asked = _Asked(locked, table, to, (roles_of(actor) if actor else frozenset({SYSTEM})) | extra_roles)
    asked.compare(version)
    asked.check(reason, actor, guards or {})
    at = clock.now()
    _write(locked, {"state": to, "version": locked.version + 1, **(also or {})})
    record._default_manager.create(  # type: ignore[misc]
        subject=locked,
        from_state=current,
        to_state=to,
        actor=actor,
        reason=reason,
        occurred_at=occurred_at or at,
        recorded_at=at,
        version=locked.version,
        **(noted or {}),
    )
    payload = {"id": locked.pk, "from": current, "to": to, "at": at.isoformat(), "version": locked.version}
    outbox.publish(topic, payload)
    return cast(M, locked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A change asked of a locked row by someone with these roles."""

    row: Any
    table: StateTable
    to: str
    roles: frozenset[str]

    def compare(self, version: int | None) -> None:
        """Refuse where the asker saw another version of the row."""
        if version is not None and version != self.row.version:
            raise VersionConflict(**self._standing())

    def check(self, reason: str, actor: User | None, guards: Mapping[str, Guard]) -> None:
        """Refuse what the table, the roles, a missing reason or a guard do not allow."""
        edge = self.table.edge(self.row.state, self.to)
        if edge is None or self.to not in self.table.allowed(self.row.state, self.roles):
            raise TransitionForbidden(**self._standing())
        if edge.needs_reason and not reason.strip():
            raise InvalidInput(errors={"reason": [_("A reason is needed for this change.")]})
        for name in edge.guards:
            if why_not := guards[name](self.row, actor):
                raise TransitionForbidden(why_not, **self._standing())

    def _standing(self) -> dict[str, Any]:
        """Say where the row stands and what the asker may do from there."""
        allowed = self.table.allowed(self.row.state, self.roles)
        return {"current": self.row.state, "version": self.row.version, "allowed": allowed}


def _write(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
