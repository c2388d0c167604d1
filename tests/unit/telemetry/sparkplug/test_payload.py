"""Payloads of Sparkplug B: every number, qualities, templates, and what is no payload at all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.quality import Quality
from telemetry.domain.sparkplug.payload import REBIRTH, Unreadable, decode, rebirth_command, wire
from telemetry.domain.sparkplug.values import SIGNED_BITS, UNSIGNED_BITS, DataType, number, refusal
from tests.factories.sparkplug import metric, payload
from tests.unit.telemetry.sparkplug.support import T0


def only(made: object) -> object:
    (found,) = decode(payload(made, seq=1, at=T0)).metrics
    return found


def read(made: object) -> tuple[float | None, int, str]:
    found = only(made)
    return tuple(number(found.value, found.datatype, found.quality))  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", sorted(SIGNED_BITS))
@given(st.data())
def test_signed_integers_arrive_as_two_s_complement(kind: DataType, data: st.DataObject) -> None:
    bits = SIGNED_BITS[kind]
    value = data.draw(st.integers(max(-(1 << (bits - 1)), -(10**15)), min((1 << (bits - 1)) - 1, 10**15)))
    width = max(bits, 32)
    assert read(metric("x", value & ((1 << width) - 1), kind)) == (value, Quality.GOOD, "")


@pytest.mark.parametrize("kind", sorted(UNSIGNED_BITS))
@given(st.data())
def test_unsigned_integers_arrive_as_they_are(kind: DataType, data: st.DataObject) -> None:
    value = data.draw(st.integers(0, min((1 << UNSIGNED_BITS[kind]) - 1, 10**15)))
    assert read(metric("x", value, kind)) == (value, Quality.GOOD, "")


def test_a_short_integer_sent_without_its_sign_s_extension_keeps_its_sign() -> None:
    assert read(metric("x", 0xFF, DataType.INT8))[0] == -1
    assert read(metric("x", 0xFFFE, DataType.INT16))[0] == -2


def test_booleans_instants_and_fractions_are_numbers() -> None:
    assert read(metric("x", True, DataType.BOOLEAN))[0] == 1
    assert read(metric("x", 1_700_000_000_500, DataType.DATETIME))[0] == 1_700_000_000.5
    assert read(metric("x", 2.5, DataType.FLOAT))[0] == 2.5
    assert read(metric("x", -1e-3))[0] == -1e-3


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (None, (1.0, 192, "")),
        (192, (1.0, 192, "")),
        (0, (1.0, 0, "device_bad")),
        (500, (1.0, 500, "device_stale")),
        (64, (1.0, 64, "quality_64")),
        (666, (1.0, 64, "quality_666")),
    ],
)
def test_qualities_are_bad_good_and_stale_and_any_other_is_uncertain(
    code: int | None, told: tuple[float, int, str]
) -> None:
    assert read(metric("x", 1.0, quality=code)) == told


def test_what_is_no_measurement_says_so() -> None:
    assert read(metric("x", None)) == (None, 0, "no_measurement")
    assert read(metric("x", None, quality=500)) == (None, 500, "no_measurement")
    assert read(metric("x", math.nan)) == (None, 0, "not_a_number")
    assert read(metric("x", math.inf, DataType.FLOAT)) == (None, 0, "not_a_number")
    assert read(metric("x", 1e300)) == (None, 0, "too_large")


def test_members_of_templates_are_named_after_their_instance() -> None:
    inner = wire.Template(template_ref="motor", metrics=[metric("speed", 1450.0)])
    outer = wire.Template(
        template_ref="pump", metrics=[metric("flow", 12.5), metric("motor", inner, DataType.TEMPLATE)]
    )
    definition = wire.Template(is_definition=True, metrics=[metric("flow", 0.0)])
    data = payload(
        metric("_types_/pump", definition, DataType.TEMPLATE),
        metric("pump 1", outer, DataType.TEMPLATE, alias=7, timestamp=5, is_historical=True),
        seq=1,
        at=T0,
    )
    found = decode(data).metrics
    assert [(m.name, m.alias, m.path, m.value) for m in found] == [
        ("pump 1/flow", 7, "/flow", 12.5),
        ("pump 1/motor/speed", 7, "/motor/speed", 1450.0),
    ]
    assert {m.at_ms for m in found} == {5}
    assert all(m.is_historical for m in found)


def test_what_holds_no_number_is_refused_by_its_type_and_text_is_only_listed() -> None:
    assert refusal(DataType.DATASET) == "dataset_not_stored"
    assert refusal(DataType.FILE) == refusal(DataType.BYTES) == "bytes_not_stored"
    assert refusal(22) == refusal(34) == "array_not_stored"
    assert refusal(35) == "unknown_type"
    assert refusal(DataType.STRING) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_payload_or_unreadable(data: bytes) -> None:
    try:
        decode(data)
    except Unreadable:
        return


def test_a_text_that_is_no_utf_8_is_unreadable() -> None:
    data = payload(metric("pump", 1.0), metric("text", "pump", DataType.STRING), seq=1, at=T0)
    for place in (data.index(b"pump"), data.rindex(b"pump")):
        with pytest.raises(Unreadable, match="no UTF-8"):
            decode(data[:place] + b"\xff" + data[place + 1 :])


def test_too_much_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        decode(b"\x12\x00" * 600_000)
    nested = metric("x", 1.0)
    for _ in range(20):
        nested = metric("t", wire.Template(metrics=[nested]), DataType.TEMPLATE)
    with pytest.raises(Unreadable, match="within templates"):
        decode(payload(nested, seq=0, at=T0))


def test_the_command_asks_for_a_rebirth() -> None:
    (asked,) = decode(rebirth_command(now_ms=1)).metrics
    assert (asked.name, asked.value, asked.datatype) == (REBIRTH, True, DataType.BOOLEAN)
