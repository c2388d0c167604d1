"""Read the JSON that devices publish; a bad part is named and the good part kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from telemetry.domain.clocks import EARLIEST, LATEST
from telemetry.domain.quality import Quality

MAX_BYTES = 1_048_576
MAX_ITEMS = 10_000
MAX_MAGNITUDE = 1e15
MAX_SEQ = 2**63 - 1
MAX_AHEAD = timedelta(minutes=5)
MAX_AGE = timedelta(days=400)
_QUALITIES = frozenset(int(quality) for quality in Quality)
_new = tuple.__new__
_UNMEASURED = frozenset({int(Quality.BAD), int(Quality.STALE)})


class Value(NamedTuple):
    """Hold one value of an item, under the key the device gave it."""

    key: str
    value: float | None
    quality: int


class Fault(NamedTuple):
    """Name what could not be read: a reason code and a detail for people."""

    reason: str
    detail: str = ""


@dataclass(slots=True)
class Item:
    """Hold one dated set of values. `seq` may be known even where the rest was refused."""

    seq: int | None = None
    at: datetime | None = None
    values: list[Value] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def parse(payload: bytes, *, now: datetime) -> list[Item]:
    """Parse a payload: one object `{"seq", "ts", "values"}` or a list of such. Never raises.

    A payload that cannot be read at all gives one item that holds only its fault.
    """
    if len(payload) > MAX_BYTES:
        return [Item(faults=[Fault("too_large", f"{len(payload)} bytes")])]
    try:
        document = orjson.loads(payload)
    except ValueError as error:
        return [Item(faults=[Fault("unreadable_json", str(error)[:200])])]
    if isinstance(document, dict):
        return [_item(document, now)]
    if not isinstance(document, list):
        return [Item(faults=[Fault("not_an_object", type(document).__name__)])]
    if not document or len(document) > MAX_ITEMS:
        return [Item(faults=[Fault("bad_list", f"{len(document)} items")])]
    return [_item(part, now) for part in document]


def _item(document: Any, now: datetime) -> Item:
    if not isinstance(document, dict):
        return Item(faults=[Fault("not_an_object", type(document).__name__)])
    item = Item()
    seq = document.get("seq")
    if type(seq) is int and 0 <= seq <= MAX_SEQ:
        item.seq = seq
    elif seq is not None:
        item.faults.append(Fault("bad_seq", repr(seq)[:80]))
        return item
    values = document.get("values")
    if not isinstance(values, dict) or not values:
        item.faults.append(Fault("missing_values"))
        return item
    at = _instant(document.get("ts"), now)
    if isinstance(at, Fault):
        item.faults.append(at)
        return item
    item.at = at
    found = item.values
    for key, raw in values.items():
        if type(raw) is float and -MAX_MAGNITUDE <= raw <= MAX_MAGNITUDE:
            found.append(_new(Value, (key, raw, 192)))  # nearly all are, and this runs for each
        else:
            _read_value(item, key, raw)
    return item


def _instant(raw: Any, now: datetime) -> datetime | Fault:
    if raw is None:
        return Fault("missing_ts")
    try:
        at = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        return Fault("bad_ts", repr(raw)[:80])
    if at.tzinfo is None or len(raw) < 16:
        return Fault("bad_ts", f"{raw[:80]}: no offset")
    return time_fault(at, raw) or at


def time_fault(at: datetime, raw: str) -> Fault | None:
    """Return why an instant is no time of any measurement, or None. Clocks are judged later."""
    try:
        return None if EARLIEST <= at < LATEST else Fault("time_absurd", raw[:80])
    except OverflowError:
        return Fault("time_absurd", raw[:80])


def _read_value(item: Item, key: str, raw: Any) -> None:
    quality: Any = 192
    value = raw
    if type(raw) is dict:
        value, quality = raw.get("v"), raw.get("q", 192)
    kind = type(value)
    if kind is float or kind is int:
        if -MAX_MAGNITUDE <= value <= MAX_MAGNITUDE and type(quality) is int and quality in _QUALITIES:
            item.values.append(Value(key, float(value), quality))
            return
    elif value is None and type(raw) is dict and type(quality) is int and quality in _UNMEASURED:
        item.values.append(Value(key, None, quality))
        return
    item.faults.append(Fault("bad_value", f"{key[:64]}: {repr(raw)[:80]}"))
