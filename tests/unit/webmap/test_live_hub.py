"""The hub between notifications and screens, with a database that is a list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

import pytest

from tests.factories.loops import finished
from webmap.live import hub as hub_module
from webmap.live.client import Client
from webmap.live.frames import LiveEvent
from webmap.live.hub import Hub
from webmap.live.listener import CONNECTED, OUTBOX, READINGS
from webmap.live.source import Change, Rights


class Database:
    """What the hub reads; it counts the reads."""

    def __init__(self) -> None:
        self.asked: list[Collection[int] | None] = []
        self.changes: list[Change] = []
        self.rights: Rights | None = Rights(None)

    async def last_sequence(self) -> int:
        return 0

    async def latest(self, sensor_ids: Collection[int] | None) -> list[dict[str, Any]]:
        self.asked.append(None if sensor_ids is None else set(sensor_ids))
        return [{"id": i, "at": "now", "value": 1.0, "quality": 192} for i in sorted(sensor_ids or [])]

    async def changes_after(self, sequence: int) -> list[Change]:
        return [change for change in self.changes if change.seq > sequence]

    async def events_for(self, user_id: int, language: str, changes: Sequence[Change]) -> list[LiveEvent]:
        return [LiveEvent("alarm", {"id": c.subject_id, "for": user_id}, c.seq) for c in changes]

    async def rights_of(self, user_id: int) -> Rights | None:
        return self.rights


class Notices:
    """Notifications that the test hands over one by one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def __call__(self) -> AsyncIterator[tuple[str, str]]:
        while True:
            yield await self.queue.get()


async def started(database: Database, *clients: Client) -> tuple[Hub, Notices]:
    notices = Notices()
    hub = Hub(database, notices)  # type: ignore[arg-type]
    await hub.start()
    hub.clients.update(clients)
    return hub, notices


def test_a_burst_of_notifications_is_read_once() -> None:
    async def story() -> Database:
        database = Database()
        hub, notices = await started(database, Client(1, None))
        for payload in ("1,2", "2,3", "4"):
            notices.queue.put_nowait((READINGS, payload))
        await asyncio.sleep(0.05)
        hub.close()
        return database

    assert finished(story()).asked == [{1, 2, 3, 4}]


def test_nothing_is_read_while_nobody_watches() -> None:
    async def story() -> Database:
        database = Database()
        hub, notices = await started(database)
        notices.queue.put_nowait((READINGS, "1"))
        await asyncio.sleep(0.02)
        hub.close()
        return database

    assert finished(story()).asked == []


def test_after_a_lost_connection_every_value_and_every_event_is_read_again() -> None:
    async def story() -> tuple[Database, list[LiveEvent]]:
        database = Database()
        client = Client(1, None)
        hub, notices = await started(database, client)
        database.changes = [Change(1, "telemetry.alarm_changed", 7, "active_unacknowledged", "now")]
        notices.queue.put_nowait((CONNECTED, ""))
        await asyncio.sleep(0.02)
        events = await client.waiting(0.01)
        hub.close()
        return database, events

    database, events = finished(story())
    assert database.asked == [None]
    assert [event.seq for event in events] == [1]


def test_each_person_gets_the_events_of_their_own_right() -> None:
    async def story() -> list[list[LiveEvent]]:
        database = Database()
        one, other = Client(1, None), Client(2, None)
        hub, notices = await started(database, one, other)
        database.changes = [Change(5, "telemetry.alarm_changed", 7, "normal", "now")]
        notices.queue.put_nowait((OUTBOX, ""))
        await asyncio.sleep(0.02)
        hub.close()
        return [await one.waiting(0.01), await other.waiting(0.01)]

    first, second = finished(story())
    assert [event.data["for"] for event in first] == [1]
    assert [event.data["for"] for event in second] == [2]


def test_a_stream_ends_when_the_persons_roles_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "RIGHTS_CHECKED_S", 0.01)

    async def story() -> Client:
        database = Database()
        client = Client(1, None)
        hub, _ = await started(database, client)
        database.rights = None
        await asyncio.sleep(0.05)
        hub.close()
        return client

    assert finished(story()).closed


def test_closing_the_hub_ends_every_stream() -> None:
    async def story() -> Client:
        client = Client(1, None)
        hub, _ = await started(Database(), client)
        hub.close()
        return client

    assert finished(story()).closed
