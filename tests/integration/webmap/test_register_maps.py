"""The register map of a Modbus family: written row by row, read from a device before it is saved."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from telemetry.models import DeviceFamily, Sensor
from telemetry.services import save_family
from tests.factories import telemetry as factory
from tests.factories.core import salma
from tests.integration.telemetry.modbus_support import Station
from tests.integration.telemetry.test_api import everywhere
from tests.integration.telemetry.test_families import entry

pytestmark = pytest.mark.django_db
NEW = "/telemetry/families/new/?protocol=modbus"
PAGE = "/telemetry/families/of/station/"
COLUMNS = ("was", "key", "quantity", "unit", "table", "address", "type", "order", "scale", "offset")
FLOW = ("", "flow_l_s", "flow", "L/s", "holding", "0", "float32", "ABCD", "0,1", "")
PRESSURE = ("", "pressure_kpa", "pressure", "kPa", "holding", "2", "int16", "ABCD", "1", "0")
BLANK = ("", "", "", "", "holding", "", "uint16", "ABCD", "1", "0")


def form(*rows: tuple[str, ...], **more: Any) -> dict[str, Any]:
    columns = {name: [row[n] for row in rows] for n, name in enumerate(COLUMNS)}
    head = {"mode": "form", "protocol": "modbus", "code": "station", "version": "0", "interval_s": "2"}
    return head | columns | more


@pytest.fixture
def client(client: Client) -> Client:
    client.force_login(everywhere(salma()))
    client.get("/telemetry/families/?lang=en")
    return client


@pytest.fixture
def station() -> Iterator[Station]:
    """Serve 12.5 at 0 with its words the other way round, and 300 at 2."""
    low, high = reversed(struct.unpack(">HH", struct.pack(">f", 125.0)))
    station = Station({1: {0: [low, high, 300]}}).start()
    yield station
    station.close()


def test_a_map_is_written_row_by_row_and_its_devices_follow(client: Client) -> None:
    saved = client.post(NEW, form(FLOW, PRESSURE, BLANK, action="save"))
    assert saved["Location"] == PAGE
    family = DeviceFamily.objects.get()
    assert family.defaults == {"modbus": {"interval_s": 2}}
    assert family.sensors[0] == {
        "key": "flow_l_s", "quantity": "flow", "unit": "L/s",
        "modbus": {"table": "holding", "address": 0, "type": "float32", "scale": 0.1},
    }  # fmt: skip
    device = factory.device("S-1", protocol="modbus", family="station", modbus={"endpoint": "env:MODBUS_URL"})
    again = (("flow_l_s", *FLOW[1:7], "CDAB", *FLOW[8:]), PRESSURE)
    assert client.post(PAGE, form(*again, version="1", action="save")).status_code == 302
    sensor = Sensor.objects.get(device=device, key="flow_l_s")
    assert (sensor.scale, sensor.register["word_order"]) == (0.1, "little")


def test_rows_are_added_moved_and_taken_out_without_saving(client: Client) -> None:
    def keys(action: str) -> list[str]:
        answer = client.post(NEW, form(FLOW, PRESSURE, action=action))
        assert answer.status_code == 200
        return [row.key for row in answer.context["draft"].rows if not row.is_gone]

    assert keys("down-0")[:2] == ["pressure_kpa", "flow_l_s"]
    assert keys("up-1")[:2] == ["pressure_kpa", "flow_l_s"]
    assert keys("remove-0")[:2] == ["pressure_kpa", ""]
    assert keys("up-0") == keys("down-1") == keys("remove-9") == keys("add")
    assert len(keys("add")) > 2
    assert not DeviceFamily.objects.exists()


def test_what_is_wrong_is_said_in_its_row(client: Client) -> None:
    wrong = ("", "flow l/s", "", "L/s", "holding", "70000", "uint16", "ABCD", "dix", "0")
    answer = client.post(NEW, form(PRESSURE, wrong, action="save"))
    assert answer.status_code == 422
    rows = answer.context["draft"].rows
    assert rows[0].errors == {}
    assert rows[1].errors == {
        "key": ["letters, digits, hyphens and underscores, 64 at most"],
        "quantity": ["choose one"],
        "address": ["from 0 to 65535"],
        "scale": ["a number is needed"],
    }
    assert "2. \u2066flow l/s\u2069 Scale: a number is needed" in answer.content.decode()
    assert (rows[1].texts["address"], rows[1].texts["scale"]) == ("70000", "dix")


def test_a_map_is_read_from_a_device_in_all_four_orders_and_one_is_taken_over(
    client: Client, station: Station
) -> None:
    factory.device("S-1", protocol="modbus", modbus={"endpoint": station.url, "unit": 1, "timeout_s": 2})
    far = ("", "far", "other", "1", "holding", "900", "int16", "ABCD", "1", "0")
    sent = form(FLOW, PRESSURE, far, try_device="S-1", action="read")
    answer = client.post(NEW, sent)
    assert answer.status_code == 200
    flow, pressure, beyond = (one for one, _place in answer.context["tried"])
    assert flow.orders["CDAB"] == 12.5
    assert flow.value != 12.5
    assert (pressure.value, pressure.orders) == (300.0, {})
    assert beyond.reason == "illegal_address"
    assert "The device has no such address" in answer.content.decode()
    taken = client.post(NEW, sent | {"action": "order-0-CDAB"})
    assert taken.context["draft"].rows[0].texts["order"] == "CDAB"
    assert client.post(NEW, sent | {"try_device": "NOBODY"}).status_code == 404


def test_what_the_form_does_not_show_stays(client: Client) -> None:
    kept = {"key": "state", "quantity": "state", "unit": "state", "states": {"1": "open"},
            "modbus": {"table": "holding", "address": 4, "type": "bool", "bit": 3}}  # fmt: skip
    save_family(code="station", entry=entry({"protocol": "modbus", "sensors": [kept]}), version=0)
    row = ("state", "valve", "state", "state", "holding", "5", "bool", "ABCD", "1", "0")
    assert client.post(PAGE, form(row, version="1", action="save")).status_code == 302
    (sensor,) = DeviceFamily.objects.get().sensors
    assert (sensor["key"], sensor["modbus"]["address"], sensor["modbus"]["bit"]) == ("valve", 5, 3)
    assert list(sensor["states"].values()) == ["open"]


RARE = {
    "bit": ["3", ""], "mask": ["", "0x0FF0"], "sentinels": ["", "65535, -32768"], "valid_min": ["", "-5,5"],
    "valid_max": ["", ""], "open_at": ["1", ""], "closed_at": ["0", ""], "active_at": ["", ""],
    "deadband": ["", "0.5"], "cumulative": ["1"], "sensor_fr": ["", "Pression"], "name_fr": ["Automate"],
    "limit_was-1": [""], "limit_kind-1": ["high"], "limit_limit-1": ["900"], "limit_priority-1": ["2"],
}  # fmt: skip
VALVE = ("", "valve", "state", "state", "holding", "4", "bool", "ABCD", "1", "0")


def test_what_is_seldom_needed_is_written_below_its_row(client: Client) -> None:
    assert client.post(NEW, form(VALVE, PRESSURE, action="save", **RARE)).status_code == 302
    valve, pressure = DeviceFamily.objects.get().sensors
    assert (valve["modbus"]["bit"], valve["states"]) == (3, {"1.0": "open", "0.0": "closed"})
    assert (pressure["modbus"]["mask"], pressure["modbus"]["sentinels"]) == (0xFF0, [65535, -32768])
    assert (pressure["valid_min"], pressure["deadband"], pressure["cumulative"]) == (-5.5, 0.5, True)
    assert pressure["alarms"] == [{"kind": "high", "limit": 900, "priority": 2}]
    assert ("name_fr" in valve, pressure["name_fr"], DeviceFamily.objects.get().name_fr) == (
        False, "Pression", "Automate",
    )  # fmt: skip
    shown = client.get(PAGE).context["draft"].rows
    assert (shown[1].texts["mask"], shown[1].texts["sentinels"]) == ("0x0FF0", "65535, -32768")
    assert (shown[0].texts["open_at"], shown[0].texts["closed_at"]) == ("1", "0")
    again = RARE | {"limit_was-1": ["high"], "limit_gone-1": ["0"], "bit": ["4", ""]}
    rows = (("valve", *VALVE[1:]), ("pressure_kpa", *PRESSURE[1:]))
    assert client.post(PAGE, form(*rows, version="1", action="save", **again)).status_code == 302
    valve, pressure = DeviceFamily.objects.get().sensors
    assert (valve["modbus"]["bit"], "alarms" in pressure) == (4, False)


def test_what_would_count_for_nothing_is_refused_at_its_field(client: Client) -> None:
    wrong = RARE | {"bit": ["16", "2"], "mask": ["0xF", ""], "limit_limit-1": [""]}
    answer = client.post(NEW, form(VALVE, PRESSURE, action="save", **wrong))
    valve, pressure = (row.errors for row in answer.context["draft"].rows[:2])
    assert valve == {"mask": ["only of a whole number type"], "bit": ["from 0 to 15"]}
    assert pressure == {"bit": ["only of a bool: choose that type"], "limit-0-limit": ["is missing"]}
    assert 'aria-invalid="true"' in answer.content.decode()


def test_nothing_that_is_written_breaks_the_page(client: Client) -> None:
    for absurd in ("9" * 5000, "1e999", "nan", "a\0 b", "=", "-", "٣٫٥", "0x", ";;,"):
        columns = {name: [absurd] for name in (*COLUMNS[1:], *RARE) if not name.startswith("limit")}
        limits = {name.replace("-1", "-0"): [absurd] for name in RARE if name.startswith("limit")}
        sent = {"mode": "form", "protocol": "modbus", "code": "x", "was": [""], "action": "save"}
        assert client.post(NEW, sent | columns | limits).status_code == 422
    assert not DeviceFamily.objects.exists()


def test_a_limit_that_does_not_hang_together_is_told_at_its_field(client: Client) -> None:
    wrong = RARE | {"limit_kind-1": ["rate"], "limit_limit-1": ["0"], "limit_window_min-1": [""]}
    answer = client.post(NEW, form(VALVE, PRESSURE, action="save", **wrong))
    assert answer.status_code == 422
    assert answer.context["draft"].rows[1].errors == {
        "limit-0-window_min": ["Between 10 seconds and 7 days."],
        "limit-0-limit": ["A number above 0."],
    }


def test_a_row_taken_out_is_put_back_as_it_was(client: Client) -> None:
    sent = form(VALVE, PRESSURE, **RARE)
    out = client.post(NEW, sent | {"action": "remove-1"}).context["draft"]
    assert [row.is_gone for row in out.rows[:2]] == [False, True]
    sent |= {"gone": ["", "1"]}
    back = client.post(NEW, sent | {"action": "back-1"}).context["draft"].rows[1]
    assert (back.is_gone, back.texts["mask"], back.limits[0]["limit"]) == (False, "0x0FF0", 900)
    client.post(NEW, sent | {"action": "save"})
    assert [sensor["key"] for sensor in DeviceFamily.objects.get().sensors] == ["valve"]


def test_how_devices_are_asked_is_told_wrong_at_its_field(client: Client) -> None:
    answer = client.post(NEW, form(PRESSURE, interval_s="often", action="save"))
    assert [cell.errors for cell in answer.context["draft"].cells] == [["a number is needed"], [], []]
