"""What the live stream reads from the database, in short-lived threads that give their connection back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import translation

from backend.core import clock
from backend.core.models import OutboxEvent, Role, User
from backend.core.queries.users import roles_of
from backend.core.services.outbox import assign_sequence
from telemetry import queries as telemetry
from webmap.live.client import Client
from webmap.live.frames import LiveEvent
from webmap.live.subjects import TOPICS, rows_of

WATCHERS = frozenset(
    {Role.SUPERVISOR, Role.DISPATCHER, Role.ADMINISTRATOR, Role.ANALYST, Role.TECHNICIAN, Role.AGENT}
)
MOST_REPLAYED = 1000

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Rights:
    """What a person may watch: the sensors in their zones, None for all."""

    sensors: frozenset[int] | None


@dataclass(frozen=True)
class Change:
    """A row of the outbox that screens care about."""

    seq: int
    topic: str
    subject_id: int
    to: str
    at: str


def _in_thread(work: Callable[P, R]) -> Callable[P, Any]:
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return sync_to_async(run, thread_sensitive=False)


class Source:
    """The database, as the stream sees it."""

    async def last_sequence(self) -> int:
        """Number what is committed and return the last place."""
        return await _in_thread(_last_sequence)()

    async def rights_of(self, user_id: int) -> Rights | None:
        """Return what a person may watch now, or None when they may watch nothing."""
        return await _in_thread(_rights_of)(user_id)

    async def latest(self, sensor_ids: Collection[int] | None) -> list[dict[str, Any]]:
        """Return the newest values of some sensors, or of all."""
        return await _in_thread(_latest)(sensor_ids)

    async def changes_after(self, sequence: int) -> list[Change]:
        """Return the changes after a place of the outbox, in order."""
        return await _in_thread(_changes_after)(sequence)

    async def events_for(self, user_id: int, language: str, changes: Sequence[Change]) -> list[LiveEvent]:
        """Return the changes as events, without those out of the person's sight."""
        return await _in_thread(_events_for)(user_id, language, changes)

    async def snapshot(self, client: Client, sequence: int) -> LiveEvent:
        """Return everything a screen needs to start from, as it stood at a place of the outbox."""
        return await _in_thread(_snapshot)(client.user_id, client.language, client.visible, sequence)


def _last_sequence() -> int:
    assign_sequence()
    return (
        OutboxEvent.objects.order_by("-seq").filter(seq__isnull=False).values_list("seq", flat=True).first()
        or 0
    )


def _rights_of(user_id: int) -> Rights | None:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not (user.is_superuser or roles_of(user) & WATCHERS):
        return None
    return Rights(telemetry.visible_sensor_ids(user))


def _latest(sensor_ids: Collection[int] | None) -> list[dict[str, Any]]:
    return [
        {"id": row.sensor_id, "code": row.code, "at": row.at, "value": row.value, "quality": row.quality}
        for row in telemetry.latest_values(sensor_ids)
    ]


def _changes_after(sequence: int) -> list[Change]:
    assign_sequence()
    rows = OutboxEvent.objects.filter(topic__in=TOPICS, seq__gt=sequence).order_by("seq")[:MOST_REPLAYED]
    return [
        Change(row.seq, row.topic, row.payload["id"], row.payload.get("to", ""), row.payload.get("at", ""))
        for row in rows
        if row.seq is not None and "id" in row.payload
    ]


def _events_for(user_id: int, language: str, changes: Sequence[Change]) -> list[LiveEvent]:
    user = User.objects.get(pk=user_id)
    with translation.override(language):
        found = {
            topic: rows_of(topic, user, {change.subject_id for change in changes if change.topic == topic})
            for topic in {change.topic for change in changes}
        }
    return [
        LiveEvent(
            TOPICS[change.topic],
            {**row, "id": change.subject_id, "at": change.at, "to": change.to},
            change.seq,
        )
        for change in changes
        if (row := found[change.topic].get(change.subject_id)) is not None
    ]


def _snapshot(user_id: int, language: str, sensors: frozenset[int] | None, sequence: int) -> LiveEvent:
    user = User.objects.get(pk=user_id)
    readings = _latest(sensors)
    with translation.override(language):
        alarms = list(rows_of("telemetry.alarm_changed", user, None).values())
    data = {"id": sequence, "at": clock.now(), "readings": readings, "alarms": alarms}
    return LiveEvent("snapshot", data, sequence)
