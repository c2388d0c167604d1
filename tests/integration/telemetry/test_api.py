"""The telemetry API: scoped lists, readings, and what people do about alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from rest_framework.test import APIClient

from backend.core import clock
from backend.core.models import User
from gis.models import Jurisdiction, Zone
from telemetry.models import Alarm, AlarmRule, DeadLetter
from telemetry.queries import alarm_facts, alarm_rows, latest_values, visible_sensor_ids
from telemetry.queries.dead_letters import letter
from telemetry.queries.registry import load_registry
from telemetry.services.alarms import tick_alarms
from telemetry.services.ingest import ingest_messages
from tests.factories import core, telemetry
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db


def everywhere(user: User) -> User:
    Jurisdiction.objects.create(user=user, zone=None)
    return user


def within(user: User, west: float, east: float) -> User:
    area = MultiPolygon(Polygon.from_bbox((west, 34.9, east, 35.0)), srid=4326)
    valid = (datetime(2020, 1, 1, tzinfo=UTC), None)
    zone = Zone.objects.create(
        code=f"z{west}", kind="district", name_fr="Z", name_ar="م", geom=area, valid=valid
    )
    Jurisdiction.objects.create(user=user, zone=zone)
    return user


def client(user: User | None) -> APIClient:
    api = APIClient()
    if user:
        api.force_authenticate(user)
    return api


def receive(*items: dict[str, Any], device: str = "PL-1") -> None:
    sent = [message(item, topic=f"telemetry/{device}") for item in items]
    ingest_messages(messages=sent, registry=load_registry(protocol="mqtt"), now=clock.now())


@pytest.fixture
def supervisor() -> User:
    return everywhere(core.salma())


@pytest.fixture
def rule() -> AlarmRule:
    return telemetry.low_limit(telemetry.logger(), response_fr="Fermer la vanne", response_ar="أغلق الصمام")


@pytest.fixture
def alarm(rule: AlarmRule) -> Alarm:
    receive(payload(1, ago(30), pressure_kpa=200))
    tick_alarms(now=clock.now())
    return Alarm.objects.get()


def test_sensors_come_with_their_newest_value_its_age_and_quality(supervisor: User, rule: AlarmRule) -> None:
    receive(payload(1, ago(20), pressure_kpa=412))
    body = client(supervisor).get("/api/v1/sensors/").json()
    (found,) = body["features"]
    assert found["geometry"] == {"type": "Point", "coordinates": [-2.32, 34.92]}
    properties = found["properties"]
    assert (properties["code"], properties["name"], body["next"]) == ("PL-1.pressure_kpa", "Pression", None)
    assert properties["latest"]["value"] == 412
    assert 19 < properties["latest"]["age_s"] < 30
    assert properties["latest"]["quality"] == 192
    assert properties["limits"][0]["limit"] == 250


def test_a_value_that_missed_three_updates_is_stale(supervisor: User) -> None:
    telemetry.logger(expected_interval_s=10)
    receive(payload(1, ago(31)))
    latest = client(supervisor).get("/api/v1/sensors/PL-1.pressure_kpa/").json()["properties"]["latest"]
    assert (latest["quality"], latest["stale"]) == (500, True)
    assert latest_values()[0].quality == 500


def test_a_sensor_list_costs_a_fixed_number_of_queries(
    supervisor: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        telemetry.low_limit(telemetry.logger(f"PL-{number}"))
    with django_assert_max_num_queries(6):
        assert len(client(supervisor).get("/api/v1/sensors/").json()["features"]) == 20


def test_readings_are_given_in_order_and_page_by_page(supervisor: User, rule: AlarmRule) -> None:
    receive(*(payload(n, ago(100 - n), pressure_kpa=400 + n) for n in (3, 1, 2, 5, 4)))
    api = client(supervisor)
    url, values = "/api/v1/sensors/PL-1.pressure_kpa/readings/?limit=2", []
    while url:
        body = api.get(url).json()
        values += [point["value"] for point in body["results"]]
        url = body["next"]
    assert values == [401, 402, 403, 404, 405]
    assert body["unit"] == "kPa"


def test_thinned_readings_keep_the_peaks(supervisor: User, rule: AlarmRule) -> None:
    start = ago(3000)
    values = [400 + n % 7 for n in range(1000)]
    values[500], values[700] = 999, 1
    receive(*(payload(n, start + timedelta(seconds=n), pressure_kpa=value) for n, value in enumerate(values)))
    url = "/api/v1/sensors/PL-1.pressure_kpa/readings/?max_points=50"
    body = client(supervisor).get(url).json()
    found = [point["value"] for point in body["results"]]
    assert body["downsampled"]
    assert len(found) <= 50
    assert {1, 999} <= set(found)


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "limit=0",
        "cursor=zz",
        "cursor=MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OQ",  # 0001-01-01T00:00:00+23:59
        "from=2026-03-02T00:00Z&to=2026-03-01T00:00Z",
        "to=0001-01-02T00:00:00Z",
    ],
)
def test_a_bad_question_about_readings_is_refused(supervisor: User, rule: AlarmRule, query: str) -> None:
    answer = client(supervisor).get(f"/api/v1/sensors/PL-1.pressure_kpa/readings/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_open_alarms_say_what_may_be_done_about_them(supervisor: User, alarm: Alarm) -> None:
    body = client(supervisor).get("/api/v1/alarms/?open=true").json()
    properties = body["features"][0]["properties"]
    assert (properties["state"], properties["value"], properties["limit"]) == (
        "active_unacknowledged",
        200,
        250,
    )
    assert [change["to"] for change in properties["allowed"]] == [
        "active_acknowledged", "shelved", "suppressed", "out_of_service",
    ]  # fmt: skip
    assert properties["response"] == "Fermer la vanne"


def test_a_dispatcher_acknowledges_and_a_stale_version_is_told_what_is_so(alarm: Alarm) -> None:
    api = client(everywhere(core.hicham()))
    url = f"/api/v1/alarms/{alarm.pk}/transitions/"
    answer = api.post(url, {"to": "active_acknowledged", "version": 2}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["acknowledged_by"]) == (
        "active_acknowledged",
        "Hicham Bennani",
    )
    again = api.post(url, {"to": "active_acknowledged", "version": 2}, format="json")
    assert again.status_code == 409
    refusal = again.json()
    assert (refusal["code"], refusal["current"], refusal["version"]) == (
        "version_conflict",
        "active_acknowledged",
        3,
    )
    assert refusal["allowed"] == ["shelved"]
    history = api.get(url).json()["results"]
    assert [row["to_state"] for row in history] == ["active_unacknowledged", "active_acknowledged"]
    assert [row["actor"] for row in history] == [None, "Hicham Bennani"]


def test_people_without_the_role_are_told_no_without_changing_anything(alarm: Alarm) -> None:
    url = f"/api/v1/alarms/{alarm.pk}/transitions/"
    technician = client(everywhere(core.samira()))
    assert technician.post(url, {"to": "active_acknowledged"}, format="json").status_code == 409
    assert client(core.fatima()).post(url, {"to": "active_acknowledged"}, format="json").status_code == 403
    assert client(None).post(url, {"to": "active_acknowledged"}, format="json").status_code == 401
    alarm.refresh_from_db()
    assert alarm.state == "active_unacknowledged"


def test_what_lies_outside_a_jurisdiction_does_not_exist(alarm: Alarm) -> None:
    elsewhere = within(core.hicham(), -2.5, -2.4)
    api = client(elsewhere)
    for url in (
        "sensors/PL-1.pressure_kpa/",
        "sensors/PL-1.pressure_kpa/readings/",
        "devices/PL-1/",
        f"alarms/{alarm.pk}/",
    ):
        assert api.get(f"/api/v1/{url}").status_code == 404, url
    for url in ("sensors/", "devices/", "alarms/"):
        assert api.get(f"/api/v1/{url}").json()["features"] == []
    change = api.post(f"/api/v1/alarms/{alarm.pk}/transitions/", {"to": "active_acknowledged"}, format="json")
    assert change.status_code == 404
    assert visible_sensor_ids(elsewhere) == frozenset()
    assert alarm_rows(user=elsewhere) == []


def test_a_box_and_filters_narrow_the_lists(supervisor: User, alarm: Alarm) -> None:
    telemetry.sensor(telemetry.device("PL-2", geom=Point(-2.30, 34.95, srid=4326)))
    api = client(supervisor)
    assert len(api.get("/api/v1/sensors/?bbox=-2.31,34.94,-2.29,34.96").json()["features"]) == 1
    assert len(api.get("/api/v1/sensors/?device=PL-1").json()["features"]) == 1
    assert len(api.get("/api/v1/alarms/?state=normal").json()["features"]) == 0
    assert len(api.get("/api/v1/alarms/?active=true&sensor=PL-1.pressure_kpa").json()["features"]) == 1
    assert api.get("/api/v1/alarms/?state=burning").status_code == 400


def test_devices_tell_when_they_were_last_heard_and_what_is_missing(supervisor: User) -> None:
    telemetry.logger()
    receive(payload(1, ago(60)), payload(5, ago(30)))
    properties = client(supervisor).get("/api/v1/devices/PL-1/").json()["properties"]
    assert (properties["last_seq"], properties["open_gaps"]) == (5, 1)
    assert properties["last_seen_at"]


def test_dead_letters_are_for_supervisors(supervisor: User) -> None:
    receive({"seq": 1}, device="nobody")
    body = client(supervisor).get("/api/v1/dead-letters/").json()
    assert [(letter["reason"], letter["topic"]) for letter in body["results"]] == [
        ("unknown_device", "telemetry/nobody")
    ]
    assert client(core.samira()).get("/api/v1/dead-letters/").status_code == 403


def test_dead_letters_of_devices_elsewhere_are_neither_seen_nor_decided(alarm: Alarm) -> None:
    receive({"seq": 1}, device="nobody")
    receive({"seq": 1}, device="PL-1")
    everything = client(everywhere(core.person("rachid", "supervisor"))).get("/api/v1/dead-letters/").json()
    assert len(everything["results"]) == 2
    salma = within(core.salma(), -2.5, -2.4)
    api = client(salma)
    (seen,) = api.get("/api/v1/dead-letters/").json()["results"]
    assert seen["topic"] == "telemetry/nobody"
    hidden = DeadLetter.objects.get(topic="telemetry/PL-1")
    body = {"ids": [hidden.pk], "reason": "nothing to see"}
    assert api.post("/api/v1/dead-letters/discard/", body, format="json").json() == {"discarded": 0}
    replayed = api.post("/api/v1/dead-letters/replay/", {"ids": [hidden.pk]}, format="json").json()
    assert set(replayed.values()) == {0}
    assert letter(hidden.pk, salma) is None


def test_incidents_get_the_facts_of_an_alarm(alarm: Alarm) -> None:
    (fact,) = alarm_facts([alarm.pk])
    assert (fact.active, fact.sensor_code, fact.lon) == (True, "PL-1.pressure_kpa", -2.32)
