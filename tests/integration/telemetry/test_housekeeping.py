"""Partitions ahead, values going stale, shelvings ending, figures, search."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from rest_framework.test import APIClient

from backend.core import clock
from backend.core.models import User
from gis.models import Jurisdiction, Link, Network, Node
from gis.queries.search import search
from telemetry import tasks
from telemetry.models import LatestReading, Reading
from telemetry.queries.registry import load_registry
from telemetry.services.ingest import ingest_messages
from telemetry.services.partitions import create_partitions_ahead, ensure_partitions
from telemetry.services.readings import CHANNEL, Row, store_readings
from telemetry.services.staleness import mark_stale
from tests.factories import core, telemetry
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'telemetry_reading'::regclass"
        )
        return {row[0] for row in cursor.fetchall()}


def receive(item: dict[str, Any]) -> None:
    registry = load_registry(protocol="mqtt")
    ingest_messages(messages=[message(item)], registry=registry, now=clock.now())


def test_partitions_are_there_a_week_ahead_and_asking_again_creates_none() -> None:
    today = date(2031, 5, 1)
    created = create_partitions_ahead(today=today)
    assert len([name for name in created if name.startswith("telemetry_reading_")]) == 9
    assert {"telemetry_rollup_1m_20310508", "telemetry_rollup_15m_203104", "telemetry_rollup_1h_2031"} <= set(
        created
    )
    assert {"telemetry_reading_20310430", "telemetry_reading_20310508"} <= partitions()
    assert create_partitions_ahead(today=today) == []


def test_a_late_partition_takes_its_rows_over_from_the_default_one() -> None:
    sensor = telemetry.logger()
    at = clock.now().replace(year=2032, month=6, day=1)
    store_readings(rows=[Row(sensor.pk, at, at, None, 1.0, 192)])
    ensure_partitions(days=[at.date()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM telemetry_reading_20320601")
        assert cursor.fetchone()[0] == 1
    assert Reading.objects.get(at=at).value == 1


def test_a_value_that_stops_coming_is_marked_once_and_told_to_listeners() -> None:
    sensor = telemetry.logger(expected_interval_s=10)
    receive(payload(1, ago(5)))
    assert mark_stale(now=clock.now()) == []
    later = clock.now() + timedelta(seconds=30)
    assert mark_stale(now=later) == [sensor.pk]
    assert mark_stale(now=later) == []
    receive(payload(2, ago(1)))
    assert LatestReading.objects.get().stale is False


@pytest.mark.django_db(transaction=True)
def test_who_listens_hears_which_sensors_moved_after_the_commit() -> None:
    sensor = telemetry.logger()
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    receive(payload(1, ago(5)))
    heard = [note.payload for note in connection.connection.notifies(timeout=1, stop_after=1)]
    assert heard == [str(sensor.pk)]


def test_the_newest_value_advances_also_where_the_history_leaves_it_out() -> None:
    sensor = telemetry.logger()
    first, second = (Row(sensor.pk, ago(age), ago(age), None, 5.0, 192) for age in (20, 10))
    store_readings(rows=[first, second], history=[first])
    assert LatestReading.objects.get().at == second.at
    assert Reading.objects.get().at == first.at


def test_a_notification_never_outgrows_what_the_database_carries() -> None:
    from telemetry.services.readings import _payloads

    texts = list(_payloads(range(10**9, 10**9 + 5000)))
    assert len(texts) > 1
    assert all(len(text) < 8000 for text in texts)
    assert sum(len(text.split(",")) for text in texts) == 5000


def test_the_tasks_run() -> None:
    assert tasks.create_partitions() >= 0
    assert tasks.mark_stale_values() == 0
    assert tasks.follow_alarms() == 0


def test_a_state_sensor_opens_and_closes_its_link() -> None:
    network = Network.objects.create(code="n", utility="water", name_fr="N", name_ar="ن")
    a, b = (
        Node.objects.create(network=network, code=code, kind="junction", geom=f"SRID=4326;POINT({lon} 34.9)")
        for code, lon in (("a", -2.3), ("b", -2.2))
    )
    line = "SRID=4326;LINESTRING(-2.3 34.9, -2.2 34.9)"
    pump = Link.objects.create(
        network=network,
        code="p",
        kind="pump",
        start_node=a,
        end_node=b,
        geom=line,
        length_m=1,
        state="closed",
    )
    telemetry.sensor(
        telemetry.device(), "state", "state", "state", link=pump, states={"0": "closed", "1": "open"}
    )
    for seq, value, expected in ((1, 1, "open"), (2, 1, "open"), (3, 0, "closed"), (4, 7, "closed")):
        receive(payload(seq, ago(60 - seq), state=value))
        pump.refresh_from_db()
        assert (pump.state, pump.state_source) == (expected, "telemetry")


def everywhere() -> User:
    """Return a supervisor who sees the whole network."""
    salma = core.salma()
    Jurisdiction.objects.create(user=salma, zone=None)
    return salma


def test_the_search_box_finds_devices_and_sensors_a_person_may_see() -> None:
    telemetry.logger("PL-n105")
    salma = core.salma()
    assert not search("pl-n1", salma).hits
    Jurisdiction.objects.create(user=salma, zone=None)
    device, sensor = search("pl-n1", User.objects.get(pk=salma.pk)).hits
    assert (device.kind, device.code, device.lon) == ("device", "PL-n105", -2.32)
    assert (sensor.kind, sensor.code, sensor.lon) == ("sensor", "PL-n105.pressure_kpa", -2.32)


def test_the_search_box_finds_a_device_by_a_part_of_its_name_and_none_out_of_use() -> None:
    telemetry.device("FM-1", name="Débitmètre de la gare")
    telemetry.device("FM-2", name="Débitmètre du souk", active=False)
    salma = everywhere()
    (hit,) = search("débitmètre", salma).hits
    assert (hit.kind, hit.code, hit.label) == ("device", "FM-1", "Débitmètre de la gare")


def test_what_begins_with_the_words_is_found_among_many_that_hold_them() -> None:
    for number in range(30):
        telemetry.device(f"A-{number}-PL-7")
    telemetry.device("PL-7")
    assert search("pl-7", everywhere(), limit=5).hits[0].code == "PL-7"


def test_metrics_and_readiness_tell_of_the_ingester_and_do_not_depend_on_it() -> None:
    cache.delete("telemetry:status:ingest")
    assert APIClient().get("/readyz").json()["checks"]["ingest"] == "not listening"
    status = {"at": clock.now().isoformat(), "connected": True, "readings_per_s": 12.5}
    cache.set("telemetry:status:ingest", status, 5)
    answer = APIClient().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["ingest"]) == (200, "ok")
    text = APIClient().get("/metrics").content.decode()
    assert 'chabaka_telemetry_readings_per_s{process="ingest"} 12.5' in text
    assert "chabaka_telemetry_dead_letters 0.0" in text
