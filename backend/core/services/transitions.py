"""The one writer of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.domain.states import SYSTEM, Edge, StateTable
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
    locked = type(instance)._default_manager.select_for_update(of=("self",)).get(pk=instance.pk)
    roles = (roles_of(actor) if actor else frozenset({SYSTEM})) | extra_roles
    current = locked.state  # type: ignore[attr-defined]
    allowed = table.allowed(current, roles)
    refusal = {"current": current, "version": locked.version, "allowed": allowed}  # type: ignore[attr-defined]
    if version is not None and version != locked.version:  # type: ignore[attr-defined]
        raise VersionConflict(**refusal)
    edge = table.edge(current, to)
    if edge is None or to not in allowed:
        raise TransitionForbidden(**refusal)
    _check(edge, locked, actor, reason, guards or {}, refusal)
    at = clock.now()
    values = {"state": to, "version": locked.version + 1, **(also or {})}  # type: ignore[attr-defined]
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    record._default_manager.create(  # type: ignore[misc]
        subject=locked,
        from_state=current,
        to_state=to,
        actor=actor,
        reason=reason,
        occurred_at=occurred_at or at,
        recorded_at=at,
        version=values["version"],
        **(noted or {}),
    )
    payload = {"id": locked.pk, "from": current, "to": to, "at": at.isoformat(), "version": values["version"]}
    outbox.publish(topic, payload)
    return locked


def _check(
    edge: Edge,
    instance: Any,
    actor: User | None,
    reason: str,
    guards: Mapping[str, Guard],
    refusal: dict[str, Any],
) -> None:
    if edge.needs_reason and not reason.strip():
        raise InvalidInput(errors={"reason": [_("A reason is needed for this change.")]})
    for name in edge.guards:
        if why_not := guards[name](instance, actor):
            raise TransitionForbidden(why_not, **refusal)
