from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.domain.payloads import MAX_BYTES, Item, Value, parse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def one(payload: str) -> Item:
    (item,) = parse(payload.encode(), now=NOW)
    return item


def reasons(payload: str) -> list[str]:
    return [fault.reason for fault in one(payload).faults]


def test_a_number_is_a_good_value() -> None:
    item = one('{"seq": 12, "ts": "2026-03-01T11:59:00Z", "values": {"pressure_kpa": 512}}')
    assert item == Item(12, datetime(2026, 3, 1, 11, 59, tzinfo=UTC), [Value("pressure_kpa", 512.0, 192)], [])


def test_a_value_may_carry_its_quality_and_be_absent() -> None:
    item = one(
        '{"ts": "2026-03-01T12:59:00+01:00", "values": {"a": {"v": 1.5, "q": 64}, "b": {"v": null, "q": 0}}}'
    )
    assert item.values == [Value("a", 1.5, 64), Value("b", None, 0)]


def test_a_list_gives_its_items_in_order() -> None:
    item = '{"seq": %d, "ts": "2026-03-01T11:00:00Z", "values": {"a": 1}}'
    payload = f"[{item % 1}, {item % 2}]".encode()
    assert [item.seq for item in parse(payload, now=NOW)] == [1, 2]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("{", "unreadable_json"),
        ('{"seq": NaN}', "unreadable_json"),
        ("[" * 100_000, "unreadable_json"),
        ("12", "not_an_object"),
        ("[]", "bad_list"),
        ('{"seq": -1, "ts": "2026-03-01T12:00:00Z", "values": {"a": 1}}', "bad_seq"),
        ('{"seq": "1", "ts": "2026-03-01T12:00:00Z", "values": {"a": 1}}', "bad_seq"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {}}', "missing_values"),
        ('{"seq": 1, "values": {"a": 1}}', "missing_ts"),
        ('{"seq": 1, "ts": "yesterday", "values": {"a": 1}}', "bad_ts"),
        ('{"seq": 1, "ts": 1772366400, "values": {"a": 1}}', "bad_ts"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00", "values": {"a": 1}}', "bad_ts"),
        ('{"seq": 1, "ts": "2299-01-01T00:00:00Z", "values": {"a": 1}}', "time_absurd"),
        ('{"seq": 1, "ts": "0001-01-01T00:00:00+14:00", "values": {"a": 1}}', "time_absurd"),
        ('{"seq": 1, "ts": "1969-01-01T00:00:00Z", "values": {"a": 1}}', "time_absurd"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {"a": true}}', "bad_value"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {"a": "3"}}', "bad_value"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {"a": 1e308}}', "bad_value"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {"a": {"v": 1, "q": [1]}}}', "bad_value"),
        ('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {"a": {"v": null}}}', "bad_value"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(payload: str, reason: str) -> None:
    assert reasons(payload) == [reason]


def test_a_refused_item_keeps_its_number_so_that_it_is_not_asked_for_again() -> None:
    assert one('{"seq": 7, "ts": "2099-01-01T00:00:00Z", "values": {"a": 1}}').seq == 7


def test_the_good_values_beside_a_bad_one_are_kept() -> None:
    item = one('{"seq": 1, "ts": "2026-03-01T12:00:00Z", "values": {"a": 1, "b": "x"}}')
    assert [value.key for value in item.values] == ["a"]
    assert [fault.reason for fault in item.faults] == ["bad_value"]


def test_a_small_lead_of_the_device_clock_is_accepted() -> None:
    at = (NOW + timedelta(minutes=4)).isoformat()
    assert one(f'{{"ts": "{at}", "values": {{"a": 1}}}}').faults == []


def test_a_payload_over_the_limit_is_not_decoded() -> None:
    (item,) = parse(b" " * (MAX_BYTES + 1), now=NOW)
    assert item.faults[0].reason == "too_large"


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(payload: bytes) -> None:
    assert parse(payload, now=NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["seq", "ts", "values", "v", "q"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_document_makes_it_fail(document: object) -> None:
    import json

    for item in parse(json.dumps(document).encode(), now=NOW):
        assert item.faults or item.values
