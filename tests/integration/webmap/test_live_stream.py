"""`/live/` on a real database: who may listen, what they hear, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection, connections, transaction
from django.test import AsyncClient
from psycopg.types.range import TimestamptzRange

from backend.core import clock
from backend.core.models import User
from backend.core.services.outbox import publish
from gis.models import Jurisdiction, Zone
from telemetry.models import Alarm, LatestReading, Sensor
from tests.factories import maintenance as works
from tests.factories.core import LONG_AGO, person
from tests.factories.loops import finished
from tests.factories.telemetry import device, logger, low_limit
from tests.factories.telemetry import sensor as make_sensor
from webmap.live import hub as hub_module

pytestmark = pytest.mark.django_db(transaction=True)

Frame = tuple[str, str, dict[str, Any]]


@pytest.fixture(autouse=True)
def _hub_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "_hub", None)
    monkeypatch.setattr(hub_module, "_starting", asyncio.Lock())
    monkeypatch.setattr(hub_module, "_stop_on_sigterm", lambda hub: None)


def everywhere(user: User) -> User:
    Jurisdiction.objects.create(user=user, zone=None)
    return user


def measured(sensor: Sensor, value: float) -> None:
    """Store a newest value and tell of it, as ingest does in its transaction."""
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        LatestReading.objects.update_or_create(
            sensor=sensor, defaults={"at": now, "received_at": now, "value": value, "quality": 192}
        )
        cursor.execute("SELECT pg_notify('chabaka_readings', %s)", [str(sensor.pk)])


def raised(sensor: Sensor) -> Alarm:
    rule = sensor.rules.first() or low_limit(sensor)
    now = clock.now()
    with transaction.atomic():
        alarm = Alarm.objects.create(
            rule=rule, sensor=sensor, state="active_unacknowledged", priority=2, raised_at=now, updated_at=now
        )
        publish("telemetry.alarm_changed", {"id": alarm.pk, "to": alarm.state, "at": now.isoformat()})
    return alarm


async def frames(content: AsyncIterator[bytes]) -> AsyncIterator[Frame]:
    async for chunk in content:
        lines = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n") if ": " in line)
        if "event" in lines:
            yield lines["event"], lines.get("id", ""), orjson.loads(lines["data"])


async def until(source: AsyncIterator[Frame], name: str) -> Frame:
    async with asyncio.timeout(5):
        async for frame in source:
            if frame[0] == name:
                return frame
    raise AssertionError(f"the stream ended before {name}")


def listening(
    user: User | None, story: Callable[[AsyncIterator[Frame]], Coroutine[Any, Any, Any]], **headers: str
) -> Any:
    """Open the stream as `user`, tell the story, close it."""

    async def run() -> Any:
        client = AsyncClient()
        if user:
            await sync_to_async(client.force_login)(user)
        response = await client.get("/live/", headers=headers)
        assert response.status_code == 200
        assert response["Content-Type"] == "text/event-stream"
        content = response.streaming_content
        try:
            return await story(frames(content))
        finally:
            await content.aclose()
            if hub_module._hub:
                hub_module._hub.close()
            await sync_to_async(connections.close_all)()

    return finished(run())


@pytest.mark.parametrize("roles", [None, ("citizen",)])
def test_citizens_and_strangers_are_refused(roles: tuple[str, ...] | None) -> None:
    async def ask() -> Any:
        client = AsyncClient()
        if roles:
            await sync_to_async(client.force_login)(await sync_to_async(person)("amina", *roles))
        return await client.get("/live/")

    response = finished(ask())
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert orjson.loads(response.content)["code"] == "forbidden"


def test_a_screen_starts_from_a_snapshot_of_values_and_open_alarms() -> None:
    sensor = logger()
    measured(sensor, 412.5)
    alarm = raised(sensor)

    async def story(stream: AsyncIterator[Frame]) -> Frame:
        return await until(stream, "snapshot")

    _, place, data = listening(everywhere(person("salma", "supervisor")), story)
    assert place == str(data["id"]) == "1"
    assert [(row["id"], row["value"], row["quality"]) for row in data["readings"]] == [
        (sensor.pk, 412.5, 192)
    ]
    (row,) = data["alarms"]
    assert row["id"] == alarm.pk
    assert row["allowed"][0] == {"to": "active_acknowledged", "needs_reason": False}


def test_a_committed_reading_reaches_the_screen_without_polling() -> None:
    sensor = logger()
    measured(sensor, 400.0)

    async def story(stream: AsyncIterator[Frame]) -> tuple[Frame, float]:
        await until(stream, "snapshot")
        began = clock.now()
        await sync_to_async(measured)(sensor, 399.0)
        frame = await until(stream, "reading")
        if frame[2]["readings"][0]["value"] == 400.0:  # the hub catching up with what it found at its start
            frame = await until(stream, "reading")
        return frame, (clock.now() - began).total_seconds()

    (_, _, data), seconds = listening(everywhere(person("salma", "supervisor")), story)
    assert data["readings"][0]["value"] == 399.0
    assert seconds < 3


def test_nobody_hears_of_a_sensor_outside_their_zones() -> None:
    here = logger("PL-HERE")
    there = make_sensor(device("PL-THERE", geom=Point(-5.0, 33.0, srid=4326)))
    user = person("salma", "supervisor")
    square = MultiPolygon(Polygon.from_bbox((-2.4, 34.8, -2.2, 35.0)), srid=4326)
    zone = Zone.objects.create(
        code="berkane",
        kind="commune",
        name_fr="Berkane",
        name_ar="بركان",
        geom=square,
        valid=TimestamptzRange(LONG_AGO, None),
    )
    Jurisdiction.objects.create(user=user, zone=zone)
    for sensor in (here, there):
        measured(sensor, 1.0)
        raised(sensor)

    async def story(stream: AsyncIterator[Frame]) -> list[Frame]:
        snapshot = await until(stream, "snapshot")
        await sync_to_async(measured)(there, 2.0)
        await sync_to_async(measured)(here, 3.0)
        return [snapshot, await until(stream, "reading")]

    (_, _, snapshot), (_, _, moved) = listening(user, story)
    assert {row["id"] for row in snapshot["readings"]} == {here.pk}
    assert {row["sensor_id"] for row in snapshot["alarms"]} == {here.pk}
    assert {row["id"] for row in moved["readings"]} == {here.pk}


def test_an_alarm_is_told_with_its_place_and_missed_ones_are_replayed_in_order() -> None:
    first, second = raised(logger("PL-1")), raised(logger("PL-2"))
    user = everywhere(person("salma", "supervisor"))

    async def story(stream: AsyncIterator[Frame]) -> list[Frame]:
        await until(stream, "snapshot")
        missed = await until(stream, "alarm")
        third = await sync_to_async(raised)(await sync_to_async(logger)("PL-3"))
        live = await until(stream, "alarm")
        assert live[2]["id"] == third.pk
        return [missed, live]

    missed, live = listening(user, story, **{"Last-Event-ID": "1"})
    assert (missed[1], missed[2]["id"]) == ("2", second.pk)
    assert live[1] == "3"
    assert first.pk != second.pk


def test_texts_are_in_the_language_of_the_screen() -> None:
    raised(logger())

    async def story(stream: AsyncIterator[Frame]) -> Frame:
        return await until(stream, "snapshot")

    user = everywhere(person("salma", "supervisor"))
    _, _, data = listening(user, story, **{"Accept-Language": "ar"})
    assert data["alarms"][0]["name"] == "الضغط"


def test_an_expired_role_opens_no_stream() -> None:
    user = everywhere(person("salma", "supervisor"))
    user.role_assignments.update(valid=TimestamptzRange(LONG_AGO, clock.now() - timedelta(days=1)))

    async def ask() -> Any:
        client = AsyncClient()
        await sync_to_async(client.force_login)(user)
        return await client.get("/live/")

    assert finished(ask()).status_code == 403


def test_reports_incidents_and_orders_are_told_as_they_change() -> None:
    works.town()
    dispatcher = everywhere(person("imane", "dispatcher"))

    def happen() -> tuple[str, str, str]:
        report = works.report()
        incident = works.incident(dispatcher, report)
        order = works.order(dispatcher, incident)
        return report.reference, incident.code, works.walk(order, dispatcher, "approved").code

    async def story(stream: AsyncIterator[Frame]) -> tuple[tuple[str, str, str], set[tuple[str, str]]]:
        await until(stream, "snapshot")
        happened = await sync_to_async(happen)()
        told = {name: await until(stream, name) for name in ("report", "incident", "order")}
        return happened, {
            (name, data.get("code") or data["reference"]) for name, (_, _, data) in told.items()
        }

    (reference, incident, order), told = listening(dispatcher, story)
    assert told == {("report", reference), ("incident", incident), ("order", order)}
