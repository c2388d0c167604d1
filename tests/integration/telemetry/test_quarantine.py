"""Readings of a clock that is off are kept aside and come back dated, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from backend.core import clock
from gis.models import Jurisdiction
from telemetry.models import DeadLetter, Device, LatestReading, QuarantinedReading, Reading
from telemetry.queries.registry import load_registry
from telemetry.services.clocks import discard_quarantine, release_quarantine
from telemetry.services.ingest import ingest_messages
from tests.factories import core, telemetry
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db


def send(seq: int, at: datetime, received_at: datetime, value: float = 400) -> None:
    body = message(payload(seq, at, pressure_kpa=value), received_at=received_at)
    ingest_messages(messages=[body], registry=load_registry(protocol="mqtt"), now=received_at)


def test_the_future_is_kept_aside_and_released_with_its_time_set_right_when_the_clock_is_back() -> None:
    telemetry.logger()
    start = ago(3000)
    for n in range(4):
        received = start + timedelta(minutes=n)
        send(n, received + timedelta(hours=5), received, 400 + n)
    device = Device.objects.get()
    assert (device.clock_reason, device.quarantined) == ("time_in_future", 4)
    assert (Reading.objects.count(), LatestReading.objects.count()) == (0, 0)
    for n in range(4, 9):
        send(n, at := start + timedelta(minutes=n), at)
    device.refresh_from_db()
    assert device.clock_quarantined_at is None
    assert set(QuarantinedReading.objects.values_list("state", flat=True)) == {"released"}
    first = Reading.objects.get(at=start)
    assert (first.value, first.quality) == (400, 64)
    assert Reading.objects.count() == 9
    assert LatestReading.objects.get().at == start + timedelta(minutes=8)


def test_a_device_in_2099_disturbs_nothing_and_staff_may_give_its_readings_up() -> None:
    telemetry.logger()
    send(1, datetime(2099, 1, 1, tzinfo=UTC), clock.now())
    assert Reading.objects.count() == 0
    device, salma = Device.objects.get(), core.salma()
    assert discard_quarantine(device=device, actor=salma, now=clock.now()) == 1
    assert QuarantinedReading.objects.get().resolved_by == salma
    assert release_quarantine(device=device, how="as_sent", actor=salma, now=clock.now()) == 0


def test_staff_may_release_as_sent_or_corrected() -> None:
    telemetry.logger()
    at = ago(-7200)
    send(1, at, clock.now())
    assert release_quarantine(device=Device.objects.get(), how="as_sent", actor=None, now=clock.now()) == 1
    assert Reading.objects.get().at == at


def test_what_comes_twice_differently_or_late_is_counted_by_device() -> None:
    telemetry.logger()
    now = clock.now()
    for seq, age, value in ((1, 50, 400), (2, 40, 400), (2, 40, 400), (2, 40, 7), (0, 90, 400)):
        send(seq, now - timedelta(seconds=age), now, value)
    device = Device.objects.get()
    assert (device.duplicates, device.conflicts, device.out_of_order) == (1, 1, 1)


def test_the_api_tells_how_the_clock_of_a_device_is() -> None:
    telemetry.logger()
    send(1, ago(-7200), clock.now())
    salma = core.salma()
    Jurisdiction.objects.create(user=salma, zone=None)
    api = APIClient()
    api.force_authenticate(salma)
    found = api.get("/api/v1/devices/PL-1/").json()["properties"]
    assert (found["clock_reason"], found["quarantined"], found["duplicates"]) == ("time_in_future", 1, 0)
    assert found["clock_quarantined_at"]


def test_what_no_sensor_takes_is_told_of_while_the_clock_is_off_too() -> None:
    telemetry.logger()
    far = datetime(2099, 1, 1, tzinfo=UTC)
    sent = message(payload(1, far, pressure_kpa=400.0, ph=7.0))
    ingest_messages(messages=[sent], registry=load_registry(protocol="mqtt"), now=clock.now())
    assert QuarantinedReading.objects.count() == 1
    assert [letter.detail for letter in DeadLetter.objects.all()] == ["ph"]
