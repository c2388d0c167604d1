"""Devices are listed by how they are heard, to whom may see them; what is wrong is told and mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.core import clock
from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import AuditEntry, User
from telemetry.domain.device_health import state_of
from telemetry.models import Device, DeviceFamily, QuarantinedReading, Sensor, SparkplugEdge
from telemetry.queries.device_facts import facts_of
from telemetry.queries.device_health import (
    PROBLEMS,
    DeviceFilter,
    device_by_code,
    device_counts,
    state_counts,
)
from telemetry.queries.registry import load_registry
from telemetry.services import change_device_family
from telemetry.services.ingest import ingest_messages
from telemetry.services.rollups import fold
from tests.factories import core, telemetry
from tests.factories.telemetry import ago, message, payload
from tests.integration.telemetry.test_api import everywhere, within

pytestmark = pytest.mark.django_db


def heard(code: str, seconds_ago: float | None, *, every_s: float = 60, **values: Any) -> Device:
    """Create a device with one sensor, last heard so long ago."""
    seen = None if seconds_ago is None else ago(seconds_ago)
    device = telemetry.device(code, last_seen_at=seen, **values)
    telemetry.sensor(device, expected_interval_s=every_s)
    return device


def receive(code: str, *items: dict[str, Any], received_at: datetime | None = None) -> None:
    sent = [message(item, topic=f"telemetry/{code}", received_at=received_at) for item in items]
    ingest_messages(messages=sent, registry=load_registry(protocol="mqtt"), now=clock.now())


def listed(user: User, **asked: str) -> list[str]:
    return [device.code for device in DeviceFilter(**asked).listed(user, now=clock.now())]


@pytest.fixture
def salma() -> User:
    return everywhere(core.salma())


@pytest.fixture
def fleet() -> None:
    for code, seconds, every_s in (("A", 30, 60), ("B", 120, 60), ("C", 999, 60), ("D", 120, 900)):
        heard(code, seconds, every_s=every_s)
    heard("E", None)


def test_devices_are_listed_worst_first_and_counted_by_state(fleet: None, salma: User) -> None:
    heard("C2", 5000)
    assert listed(salma) == ["C2", "C", "E", "B", "D", "A"]
    counts = state_counts(DeviceFilter().devices(salma, now=clock.now()))
    assert counts == {"stale": 2, "never": 1, "late": 1, "online": 2} == device_counts(clock.now())
    assert listed(salma, state="late") == ["B"]


def test_the_database_and_the_domain_agree_on_states(fleet: None, salma: User) -> None:
    now = clock.now()
    for device in DeviceFilter().devices(salma, now=now):
        age_s = (now - device.last_seen_at).total_seconds() if device.last_seen_at else None
        assert device.state == state_of(age_s=age_s, interval_s=device.heard_every_s)


def test_how_often_a_device_should_be_heard_follows_its_sensors(salma: User) -> None:
    device = heard("A", 30, every_s=900)
    fast = telemetry.sensor(device, "flow_l_s", "flow", "L/s", expected_interval_s=15)
    device.refresh_from_db()
    assert device.heard_every_s == 15
    Sensor.objects.filter(pk=fast.pk).update(heartbeat_s=300)
    device.refresh_from_db()
    assert device.heard_every_s == 300
    fast.delete()
    device.refresh_from_db()
    assert device.heard_every_s == 900


def test_people_see_the_devices_of_their_zones_alone(fleet: None) -> None:
    zineb = within(core.person("zineb", "dispatcher"), -2.2, -2.1)
    assert listed(zineb) == []
    assert listed(within(core.person("hicham", "dispatcher"), -2.4, -2.3), state="late") == ["B"]
    assert listed(core.person("mehdi", "citizen")) == []
    assert device_by_code("A", zineb, now=clock.now()) is None


def test_filters_keep_what_they_name(fleet: None, salma: User) -> None:
    heard("F", 10, family="logger", name="Réservoir haut")
    assert listed(salma, family="logger") == ["F"] == listed(salma, words="réservoir")
    assert listed(salma, zone="nowhere") == [] == listed(salma, network="nowhere")
    assert listed(salma, problem="everything") == []
    assert all(listed(salma, problem=problem) == [] for problem in PROBLEMS)


def test_an_edge_node_says_who_is_there_while_a_host_listens(salma: User) -> None:
    heard("RTU", 9999, protocol="sparkplug", edge="town/rtu")
    edge = SparkplugEdge.objects.create(path="town/rtu", online=True, first_heard_at=ago(9), heard_at=ago(9))
    assert listed(salma, state="stale") == ["RTU"]
    cache.set("telemetry:status:sparkplug", {"at": clock.now().isoformat(), "connected": True}, 5)
    assert listed(salma, state="online") == ["RTU"]
    SparkplugEdge.objects.filter(pk=edge.pk).update(online=False)
    assert listed(salma, state="stale") == ["RTU"]
    cache.delete("telemetry:status:sparkplug")


def test_the_facts_of_a_device_say_what_it_tells_of_itself_and_what_went_wrong(salma: User) -> None:
    device = heard("PL-1", None)
    telemetry.sensor(device, "battery_pct", "battery", "%", valid_min=0, valid_max=100)
    telemetry.sensor(device, "rssi_dbm", "other", "dBm")
    now = clock.now()
    receive(
        "PL-1", payload(1, now - timedelta(seconds=120), pressure_kpa=400.0, battery_pct=18, rssi_dbm=-80)
    )
    receive("PL-1", payload(5, now - timedelta(seconds=60), pressure_kpa=401.0, battery_pct=400))
    receive("PL-1", {"seq": 6, "ts": now.isoformat(), "values": {"pressure_kpa": "wet"}})
    fold()
    (facts,) = facts_of([device_by_code("PL-1", salma, now=clock.now())], now=clock.now())
    assert facts.battery is not None
    assert facts.signal is not None
    assert (facts.signal.value, facts.signal.low) == (-80, False)
    assert (facts.open_gaps, facts.held, facts.letters) == (1, 0, 1)
    assert facts.last_error is not None
    assert (facts.last_error.what, facts.last_error.reason) == ("letter", "bad_value")
    assert (facts.throughput.day, facts.throughput.refused) == (5, 1)
    assert facts.throughput.expected
    assert set(facts.problems) == {"gaps", "letters"}
    assert listed(salma, problem="gaps") == listed(salma, problem="letters") == ["PL-1"]


def test_a_device_that_reports_neither_charge_nor_signal_says_so(salma: User) -> None:
    heard("A", 10)
    (facts,) = facts_of(list(DeviceFilter().listed(salma, now=clock.now())), now=clock.now())
    assert (facts.battery, facts.signal, facts.last_error) == (None, None, None)
    assert facts_of([], now=clock.now()) == []


def test_a_low_battery_is_a_problem_to_filter_by(salma: User) -> None:
    telemetry.sensor(heard("A", 10), "battery_pct", "battery", "%")
    receive("A", payload(1, ago(5), battery_pct=12.0))
    assert listed(salma, problem="battery") == ["A"]
    (facts,) = facts_of(list(DeviceFilter().listed(salma, now=clock.now())), now=clock.now())
    assert facts.problems == ["battery"]


def test_a_page_of_devices_costs_a_few_questions(
    fleet: None, salma: User, django_assert_max_num_queries: Any
) -> None:
    devices = list(DeviceFilter().listed(salma, now=clock.now()))
    with django_assert_max_num_queries(4):
        assert len(facts_of(devices, now=clock.now())) == 5


LOGGER = {"protocol": "mqtt", "sensors": [{"key": "pressure_kpa", "quantity": "pressure", "unit": "kPa"}]}
LEVEL = [{"key": "level_m", "quantity": "level", "unit": "m", "alarms": [{"kind": "high", "limit": 4}]}]


def families() -> Device:
    """Declare two families and one device of the first."""
    DeviceFamily.objects.create(code="logger", protocol="mqtt", sensors=LOGGER["sensors"])
    DeviceFamily.objects.create(code="level", protocol="mqtt", sensors=LEVEL)
    DeviceFamily.objects.create(code="plc", protocol="modbus")
    device = telemetry.device(family="logger")
    telemetry.sensor(device, name_fr="", name_ar="", expected_interval_s=60)
    return device


def on(device: Device) -> dict[str, bool]:
    return dict(device.sensors.values_list("key", "active"))


def test_a_device_moves_to_another_family_and_back_with_its_sensors(salma: User) -> None:
    device = families()
    change_device_family(device=device, code="level", actor=salma, version=1)
    assert on(device) == {"pressure_kpa": False, "level_m": True}
    assert list(device.sensors.get(key="level_m").rules.values_list("limit", "active")) == [(4, True)]
    change_device_family(device=device, code="logger", actor=salma, version=2)
    assert on(device) == {"pressure_kpa": True, "level_m": False}
    change_device_family(device=device, code="level", actor=salma, version=3)
    assert list(device.sensors.get(key="level_m").rules.values_list("limit", "active")) == [(4, True)]
    told = AuditEntry.objects.filter(action="telemetry.device_family_changed", subject=f"device:{device.pk}")
    assert told.count() == 3


def test_a_device_takes_no_family_of_another_protocol_nor_over_someone_elses_change(salma: User) -> None:
    device = families()
    with pytest.raises(InvalidInput):
        change_device_family(device=device, code="plc", actor=salma, version=1)
    with pytest.raises(VersionConflict):
        change_device_family(device=device, code="level", actor=salma, version=9)
    assert on(device) == {"pressure_kpa": True}


def api(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_api_lists_devices_by_state_and_tells_the_facts_of_one(fleet: None, salma: User) -> None:
    found = api(salma).get("/api/v1/devices/?state=late").json()["features"]
    assert [(f["properties"]["code"], f["properties"]["stale_after_s"]) for f in found] == [("B", 180)]
    assert api(salma).get("/api/v1/devices/?state=asleep").status_code == 400
    facts = api(salma).get("/api/v1/devices/B/health/").json()
    assert (facts["device"]["state"], facts["battery"], facts["gaps"]) == ("late", None, [])
    assert len(facts["throughput"]["hours"]) == 24
    elsewhere = within(core.person("zineb", "supervisor"), -2.2, -2.1)
    for path in ("health", "quarantine", "family"):
        assert api(elsewhere).post(f"/api/v1/devices/B/{path}/").status_code in {404, 405, 400}
    assert api(elsewhere).get("/api/v1/devices/B/health/").status_code == 404


def test_what_is_held_is_released_or_given_up_over_the_api_by_editors_alone(salma: User) -> None:
    device = heard("A", 10)
    receive("A", payload(1, ago(-7200), pressure_kpa=400.0))
    hicham = everywhere(core.hicham())
    ask = {"action": "discard"}
    assert api(hicham).post("/api/v1/devices/A/quarantine/", ask, format="json").status_code == 403
    assert listed(salma, problem="clock") == ["A"]
    released = api(salma).post(
        "/api/v1/devices/A/quarantine/", {"action": "release_corrected"}, format="json"
    )
    assert released.json() == {"readings": 1}
    assert QuarantinedReading.objects.get().state == "released"
    (told,) = AuditEntry.objects.filter(subject=f"device:{device.pk}")
    assert (told.actor, told.action, told.details["readings"]) == (salma, "telemetry.quarantine_released", 1)
    again = api(salma).post("/api/v1/devices/A/quarantine/", ask, format="json")
    assert again.json() == {"readings": 0}


def test_metrics_count_devices_and_what_waits(fleet: None) -> None:
    text = APIClient().get("/metrics").content.decode()
    for line in (
        'chabaka_telemetry_devices{state="stale"} 1.0',
        'chabaka_telemetry_devices{state="online"} 2.0',
        "chabaka_telemetry_oldest_open_gap_s 0.0",
        "chabaka_telemetry_quarantined_devices 0.0",
        "chabaka_telemetry_quarantined_readings 0.0",
    ):
        assert line in text
