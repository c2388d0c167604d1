"""Vendors' messages become items of values: topics, paths, times, units and quality as a family says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from telemetry.domain.mappings import (
    Found,
    MappingSpec,
    MessageMapping,
    Place,
    TopicPattern,
    in_sensor_units,
)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
TS = "2026-03-01T09:59:00Z"

CHIRPSTACK = {
    "topic": "application/+/device/{device}/event/up",
    "seq": "$.fCnt",
    "ts": "$.time",
    "values": {
        "pressure_kpa": {"path": "$.object.pressure", "unit": "bar"},
        "battery_v": {"path": "$.object.battery", "unit": "mV"},
    },
    "quality": {"path": "$.object.status", "words": {"ok": 192, "fault": 0}, "otherwise": 64},
}
UPLINK = {
    "deviceInfo": {"devEui": "a84041e5bc580001"},
    "time": TS,
    "fCnt": 41,
    "object": {"pressure": 5.12, "battery": 3605, "status": "ok"},
}
TELTONIKA = {
    "topic": "trackers/{device}/data",
    "items": "$.records[*]",
    "ts": {"path": "$.ts", "format": "epoch_ms"},
    "each": {
        "each": "$.io.*",
        "names": {"66": "supply_v", "9": "flow_l_s"},
        "others": "ignore",
        "scale": 0.001,
    },
}


def read(
    spec: dict[str, Any], message: Any, *, place: Place | None = None, now: datetime = NOW
) -> list[Found]:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    mapping = MessageMapping.of(MappingSpec.model_validate(spec))
    return mapping.read(payload, place=place or Place("D-1", None), received_at=now)


def values(found: Found) -> dict[str, float | None]:
    return {value.key: value.value for value in found.item.values}


def faults(found: list[Found]) -> list[str]:
    return [fault.reason for one in found for fault in one.item.faults]


def test_an_uplink_of_a_network_server_is_read_whole() -> None:
    (found,) = read(CHIRPSTACK, UPLINK)
    assert (found.device, found.item.seq, found.item.at) == ("D-1", 41, NOW - timedelta(minutes=1))
    assert found.units == {"pressure_kpa": "bar", "battery_v": "mV"}
    item = in_sensor_units(found, {"pressure_kpa": "kPa", "battery_v": "V"})
    assert [(v.key, pytest.approx(v.value), v.quality) for v in item.values] == [
        ("pressure_kpa", 512.0, 192),
        ("battery_v", 3.605, 192),
    ]
    assert item.faults == []


def test_a_list_of_records_with_numbered_inputs_is_a_batch() -> None:
    records = [
        {"ts": int(NOW.timestamp() * 1000) - n, "io": {"66": 12_400, "9": 3_100, "240": 1}} for n in (2, 1)
    ]
    first, second = read(TELTONIKA, {"records": records})
    assert values(first) == {"supply_v": 12.4, "flow_l_s": 3.1}
    assert (first.item.at, second.item.at) == (
        NOW - timedelta(milliseconds=2),
        NOW - timedelta(milliseconds=1),
    )


def test_named_measurements_carry_their_own_units_and_quality() -> None:
    spec = {
        "topic": "gw/{device}",
        "ts": "root:$.at",
        "each": {
            "each": "$.m[?@.v != null]",
            "key": "$.n",
            "path": "$.v",
            "unit_path": "$.u",
            "quality": {"path": "$.q", "words": {"good": 192}, "otherwise": 64},
        },
    }
    message = {
        "at": TS,
        "m": [
            {"n": "p", "v": 3, "u": "mH2O", "q": "good"},
            {"n": "x", "v": None},
            {"n": "t", "v": 68, "u": "°F"},
        ],
    }
    (found,) = read(spec, message)
    item = in_sensor_units(found, {"p": "kPa", "t": "°C"})
    assert [(v.key, round(v.value or 0, 5), v.quality) for v in item.values] == [
        ("p", 29.41995, 192),
        ("t", 20.0, 64),
    ]


def test_a_topic_may_name_the_value_and_the_payload_be_bare() -> None:
    spec: dict[str, Any] = {"topic": "site/{device}/{key}", "payload": "text", "ts": "received"}
    pattern = TopicPattern.of(spec["topic"])
    place = pattern.place("site/D-1/valve")
    assert place == ("D-1", "valve")
    value = {"path": "$", "decimal": ",", "words": {"OPEN": 1, "SHUT": 0}}
    (found,) = read(spec | {"values": {"*": value}}, b"OPEN", place=place)
    assert (values(found), found.item.at) == ({"valve": 1.0}, NOW)
    (found,) = read(spec | {"values": {"*": value}}, b"12,5", place=place)
    assert values(found) == {"valve": 12.5}


def test_a_gateways_message_names_the_device_of_each_item() -> None:
    spec = {"topic": "gateway/+/up", "device": "$.id", "items": "$[*]", "values": {"p": "$.p"}}
    found = read(spec, [{"id": "A", "ts": TS, "p": 1}, {"ts": TS, "p": 2}], place=Place(None, None))
    assert [one.device for one in found] == ["A", None]
    assert faults(found) == ["missing_device"]


def test_truth_values_and_texts_become_numbers() -> None:
    spec = {
        "topic": "a/{device}",
        "ts": "received",
        "values": {"s": {"path": "$.s", "words": {True: 1, "off": 0}}},
    }
    assert [values(read(spec, {"s": raw})[0]) for raw in (True, "off")] == [{"s": 1.0}, {"s": 0.0}]
    assert faults(read(spec, {"s": "half"})) == ["bad_value"]


@pytest.mark.parametrize(
    ("form", "zone", "written"),
    [
        ("rfc3339", None, "2026-03-01T09:59:00+00:00"),
        ("rfc3339", "Africa/Casablanca", "2026-03-01T09:59:00"),
        ("epoch_s", None, 1772359140),
        ("epoch_s", None, "1772359140.0"),
        ("epoch_ms", None, 1772359140000),
        ("epoch_us", None, "1772359140000000"),
        ("%d/%m/%Y %H:%M:%S", "Africa/Casablanca", "01/03/2026 09:59:00"),
        ("%Y%m%d%H%M%S%z", None, "20260301105900+0100"),
    ],
)
def test_times_are_read_as_they_are_written(form: str, zone: str | None, written: Any) -> None:
    """In Ramadan, as on that day, Casablanca is at UTC."""
    spec = {
        "topic": "a/{device}",
        "ts": {"path": "$.t", "format": form, "zone": zone},
        "values": {"p": "$.p"},
    }
    (found,) = read(spec, {"t": written, "p": 1})
    assert found.item.at == NOW - timedelta(minutes=1), found.item.faults


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (b"\xff", "unreadable_json"),
        (b"x" * 1_048_577, "too_large"),
        ({"fCnt": -1}, "bad_seq"),
        ({"fCnt": "41"}, "bad_seq"),
        ({"time": None}, "missing_ts"),
        ({"time": "yesterday"}, "bad_ts"),
        ({"time": "2026-03-01T09:59:00"}, "bad_ts"),
        ({"time": "2299-01-01T00:00:00Z"}, "time_absurd"),
        ({"time": "1899-01-01T00:00:00Z"}, "time_absurd"),
        ({"object": {}}, "missing_values"),
        ({"object": {"pressure": "5.1"}}, "bad_value"),
        ({"object": {"pressure": 1e300}}, "bad_value"),
        ({"object": {"pressure": True}}, "bad_value"),
        (42, "missing_ts"),
    ],
)
def test_what_cannot_be_read_is_named(changed: Any, reason: str) -> None:
    message = UPLINK | changed if isinstance(changed, dict) else changed
    assert faults(read(CHIRPSTACK, message)) == [reason]


def test_other_faults_have_names_of_their_own() -> None:
    assert faults(read(TELTONIKA, {"records": []})) == ["no_items"]
    spec = CHIRPSTACK | {"quality": {"path": "$.object.status", "words": {"good": 192}}}
    assert faults(read(spec, UPLINK)) == ["bad_quality", "bad_quality"]
    (found,) = read(CHIRPSTACK, UPLINK)
    assert [f.reason for f in in_sensor_units(found, {"pressure_kpa": "L/s"}).faults] == ["bad_unit"]
    kept = TELTONIKA | {"each": {"each": "$.io.*", "names": {"66": "supply_v"}}}
    message = {"records": [{"ts": int(NOW.timestamp() * 1000), "io": {"66": 1, "240": 2}}]}
    assert faults(read(kept, message)) == ["bad_key"]


def test_a_value_that_says_it_was_not_measured_is_kept_as_bad() -> None:
    message = UPLINK | {"object": {"pressure": None, "status": "fault"}}
    (found,) = read(CHIRPSTACK, message)
    assert [tuple(value) for value in found.item.values] == [("pressure_kpa", None, 0)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"topic": "a/#/b"}, "# stands alone at the end"),
        ({"topic": "a/{device}/x{device}"}, "stands once"),
        ({"topic": "a/+x/{device}"}, "a level is"),
        ({"topic": "a/{name}"}, "a level is"),
        ({"topic": "#", "device": "$.d"}, "too wide"),
        ({"topic": "$SYS/{device}"}, "begin with"),
        ({"topic": "telemetry/#", "device": "$.d"}, "under telemetry/"),
        ({"topic": "telemetry/+/command", "device": "$.d"}, "under telemetry/"),
        ({"topic": "telemetry/{device}/#"}, "under telemetry/"),
        ({"topic": "+/{key}", "device": "$.d"}, "under telemetry/"),
        ({"topic": "a/b"}, "the device is named either"),
        ({"device": "$.d"}, "the device is named either"),
        ({"topic": "a/{device}/{key}"}, "one entry, under"),
        ({"values": {"*": "$.v"}}, "has none"),
        ({"values": {}}, "say where values stand"),
        ({"values": {"p": "pressure"}}, "pressure"),
        ({"values": {"p": "$[?"}}, "$[?"),
        ({"ts": {"path": "$.t", "format": "iso"}}, "the format is"),
        ({"ts": {"path": "$.t", "zone": "Mars/Olympus"}}, "no time zone"),
        ({"quality": {"path": "$.q", "words": {"ok": 191}}}, "Input should be"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_its_reason(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MappingSpec.model_validate(CHIRPSTACK | changed)
    assert reason in str(refused.value)


def test_topics_are_compared_level_by_level() -> None:
    pattern = TopicPattern.of("a/+/{device}/#")
    assert pattern.subscription == "a/+/+/#"
    assert pattern.place("a/x/D-1/y/z") == pattern.place("a//D-1") == ("D-1", None)
    assert [pattern.place(topic) for topic in ("a/x", "a/x/D 1/y", "b/x/D-1", "a/x/D-1\n")] == [None] * 4
    assert pattern.of_device("D-1") == "a/+/D-1/#"
    assert TopicPattern.of("a.b/{device}-up").place("axb/D-up") is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("site/{device}/+", "site/+/{device}", (True, True)),
        ("gw/+/up", "gw/{device}/up", (True, False)),
        ("gw/#", "gw/{device}/up", (True, False)),
        ("gw/up/#", "gw/{device}", (False, False)),
        ("{device}/{key}", "lora/{device}", (False, False)),
        ("{device}/{key}", "+/{device}", (True, True)),
        ("m/x-{device}", "m/{device}", (True, True)),
        ("m/x-{device}", "m/y-{device}", (False, False)),
        ("app/1/{device}/up", "app/+/{device}/up", (False, False)),
        ("app/{device}/up", "app/{device}/down", (False, False)),
        ("zigbee/bridge", "zigbee/{device}", (False, False)),
        ("telemetry/{device}/up", "telemetry/{device}", (False, False)),
    ],
)
def test_topics_by_which_a_device_could_speak_for_another_are_known(
    one: str, other: str, expected: tuple[bool, bool]
) -> None:
    mine, theirs = TopicPattern.of(one), TopicPattern.of(other)
    assert (mine.speaks_for(theirs), theirs.speaks_for(mine)) == expected


NAMES = st.sampled_from(["time", "fCnt", "object", "pressure", "status", "records", "io", "ts"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=200) | DOCUMENTS.map(lambda document: json.dumps(document).encode()))
def test_no_message_whatever_stops_the_reading(payload: bytes) -> None:
    for spec in (CHIRPSTACK, TELTONIKA):
        for found in read(spec, payload):
            assert found.item.faults or found.item.values


def test_deep_nesting_is_a_fault_and_not_an_end() -> None:
    spec = CHIRPSTACK | {"values": {"p": "$..p"}}
    deep = b'{"time":"2026-03-01T09:59:00Z","a":' + b'{"a":' * 900 + b'{"p":1}' + b"}" * 901
    assert faults(read(spec, deep)) == ["mapping_failed"]
