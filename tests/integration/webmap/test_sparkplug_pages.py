"""The pages of Sparkplug edge nodes and of registers: listed, taken in, set aside, tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from backend.core import clock
from backend.core.models import User
from gis.models import Jurisdiction
from telemetry.domain.sparkplug import Sessions
from telemetry.domain.sparkplug.values import DataType
from telemetry.models import DeadLetter, Device, DeviceFamily, Sensor, SparkplugEdge
from telemetry.queries.sparkplug import load_edges
from telemetry.services.sparkplug.recording import record
from tests.factories import telemetry as factory
from tests.factories.core import leila, salma
from tests.factories.sparkplug import Edge, metric
from tests.integration.telemetry.modbus_support import Station

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    Jurisdiction.objects.create(user=user, zone=None)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def client() -> Client:
    return signed_in(salma())


@pytest.fixture
def heard() -> SparkplugEdge:
    """Let an edge node be born with a flow, and a text."""
    now, sessions = clock.now() - timedelta(seconds=5), Sessions()
    flow, maker = metric("Pump/Flow", 1.5, unit="L/s"), metric("maker", "X", DataType.STRING)
    topic, raw = Edge().birth(flow, maker, at=now)
    outcomes = sessions.receive(topic, raw, received_at=now, time_s=1)
    record(outcomes=outcomes, known=load_edges(), now=now)
    return SparkplugEdge.objects.get()


def test_an_unknown_edge_node_waits_on_the_list_and_is_taken_in(client: Client, heard: SparkplugEdge) -> None:
    listed = client.get("/telemetry/sparkplug/?show=waiting").content.decode()
    assert "berkane/rtu-1" in listed
    page = f"/telemetry/sparkplug/{heard.pk}/"
    shown = client.get(page).content.decode()
    assert 'value="Pump_Flow"' in shown
    assert "No number: listed, not stored." in shown
    place = shown.split('name="metric" value="')[1].split('"')[0]
    sent = {
        "metric": place,
        f"name-{place}": "Pump/Flow",
        f"key-{place}": "flow_l_s",
        f"quantity-{place}": "flow",
        f"unit-{place}": "L/s",
        "code": "RTU-1",
        "lon": "-2,32",
        "lat": "34,92",
    }
    refused = client.post(page, sent | {"lat": "200"})
    assert refused.status_code == 422
    assert not Device.objects.exists()
    assert client.post(page, sent).status_code == 302
    device = Device.objects.get()
    assert (device.edge, device.geom.coords) == ("berkane/rtu-1", (-2.32, 34.92))
    assert [s.code for s in device.sensors.all()] == ["RTU-1.flow_l_s"]
    assert "berkane/rtu-1" not in client.get("/telemetry/sparkplug/?show=waiting").content.decode()
    assert "RTU-1.flow_l_s" in client.get(page).content.decode()


def test_one_set_aside_no_longer_waits_and_can_be_offered_again(client: Client, heard: SparkplugEdge) -> None:
    for waits in (False, True):
        client.post(f"/telemetry/sparkplug/{heard.pk}/decline/")
        listed = client.get("/telemetry/sparkplug/?show=waiting").content.decode()
        assert ("berkane/rtu-1" in listed) is waits


def test_who_may_not_take_in_sees_no_edge_node_that_lies_nowhere(heard: SparkplugEdge) -> None:
    analyst = signed_in(leila())
    assert "berkane/rtu-1" not in analyst.get("/telemetry/sparkplug/").content.decode()
    assert analyst.get(f"/telemetry/sparkplug/{heard.pk}/").status_code == 404
    assert analyst.post(f"/telemetry/sparkplug/{heard.pk}/").status_code == 404


def test_pasted_words_are_shown_in_every_order(client: Client) -> None:
    shown = client.post("/telemetry/registers/", {"from": "words", "words": "0x4148 0"}).content.decode()
    assert "<strong>12.5</strong>" in shown
    wrong = client.post("/telemetry/registers/", {"from": "words", "words": "fifty"})
    assert wrong.status_code == 422


def test_registers_of_a_device_are_read_on_the_page(client: Client) -> None:
    station = Station({1: {7: [1234]}}).start()
    try:
        factory.device("STATION", protocol="modbus", modbus={"endpoint": station.url, "timeout_s": 2})
        asked = {"from": "device", "device": "STATION", "table": "holding", "address": "7", "count": "1"}
        assert "<strong>1234.0</strong>" in client.post("/telemetry/registers/", asked).content.decode()
        assert client.post("/telemetry/registers/", asked | {"address": "900"}).status_code == 422
    finally:
        station.close()


NEW_FAMILY = "/telemetry/families/new/?protocol=sparkplug"


def test_a_family_is_made_of_the_metrics_that_an_edge_node_announced(
    client: Client, heard: SparkplugEdge
) -> None:
    head = {"protocol": "sparkplug", "mode": "form", "code": "rtu", "version": "0", "like": heard.path}
    offered = client.post(NEW_FAMILY, head | {"action": "look"})
    assert [metric.name for metric, _type in offered.context["offered"]] == ["Pump/Flow"]
    taken = client.post(NEW_FAMILY, head | {"action": "take:Pump/Flow"})
    row = taken.context["draft"].rows[0]
    assert (row.texts["metric"], row.key, row.texts["quantity"]) == ("Pump/Flow", "Pump_Flow", "flow")
    assert (row.texts["unit"], taken.context["offered"]) == ("L/s", [])
    columns = {"was": "", "metric": "Pump/Flow", "key": "flow_l_s", "quantity": "flow", "unit": "L/s"}
    sent = head | columns | {"scale": "1", "offset": "0", "valid_max": "200", "action": "save"}
    assert client.post(NEW_FAMILY, sent).status_code == 302
    twice = sent | {name: [text, text] for name, text in columns.items()} | {"key": ["flow_l_s", "again"]}
    twice |= {"scale": ["1", "1"], "offset": ["0", "0"], "code": "other", "valid_max": ["", ""]}
    refused = client.post(NEW_FAMILY, twice).context["draft"].rows
    assert refused[1].errors == {"metric": ["another sensor reads it already"]}
    (sensor,) = DeviceFamily.objects.get().sensors
    assert (sensor["sparkplug"], sensor["valid_max"]) == ({"metric": "Pump/Flow"}, 200)


def test_a_family_offers_what_its_devices_announce_and_no_sensor_takes(
    client: Client, heard: SparkplugEdge
) -> None:
    DeviceFamily.objects.create(code="rtu", protocol="sparkplug", sensors=[])
    device = factory.device("RTU-1", protocol="sparkplug", family="rtu", edge=heard.path)
    page = "/telemetry/families/of/rtu/"
    assert "take:Pump/Flow" in client.get(page).content.decode()
    factory.sensor(device, key="own", field="Pump/Flow")
    assert Sensor.objects.filter(device=device).exists()
    assert "take:Pump/Flow" not in client.get(page).content.decode()


def letter(topic: str, payload: bytes) -> str:
    now = clock.now()
    kept = DeadLetter.objects.create(
        topic=topic, payload=payload, size=len(payload), digest=payload[:32], reason="unknown_alias",
        first_received_at=now, received_at=now,
    )  # fmt: skip
    return f"/telemetry/dead-letters/{kept.pk}/"


def test_a_letter_of_an_edge_node_lists_its_metrics(client: Client, heard: SparkplugEdge) -> None:
    now = clock.now()
    below = metric("", 2**64 - 5, DataType.INT64, alias=7, written_as=DataType.INT64)
    flow = metric("Pump/Flow", 12.5, None, written_as=DataType.DOUBLE)
    page = letter(*Edge().send("NDATA", flow, below, metric("level"), at=now))
    told = client.get(page).context["told"]
    assert [(one.name, one.alias, one.datatype, one.text) for one in told.metrics] == [
        ("Pump/Flow", None, "Double", "12.5"),
        ("", 7, "Int64", "-5"),
        ("level", None, "Double", None),
    ]
    assert told.metrics[0].at is not None
    assert abs(told.metrics[0].at - now) < timedelta(seconds=1)


def test_a_letter_that_is_no_payload_says_so_and_shows_its_bytes(client: Client) -> None:
    shown = client.get(letter("spBv1.0/berkane/NDATA/rtu-1", b"\x00\xff\x01")).content.decode()
    assert "This is no Sparkplug payload:" in shown
    assert "00 ff 01" in shown
