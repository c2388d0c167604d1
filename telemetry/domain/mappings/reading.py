"""Read a message of a family as its mapping says; a bad part is named and the good part kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from telemetry.domain.mappings.paths import ABSENT, Path
from telemetry.domain.mappings.spec import (
    RECEIVED,
    EachSpec,
    MappingSpec,
    TimeSpec,
)
from telemetry.domain.mappings.times import read_instant, zone_named
from telemetry.domain.mappings.topics import Place, TopicPattern
from telemetry.domain.mappings.values import QualityReader, ValueReader
from telemetry.domain.payloads import (
    MAX_BYTES,
    MAX_ITEMS,
    MAX_SEQ,
    Fault,
    Item,
    Value,
    time_fault,
)
from telemetry.domain.quality import Quality
from telemetry.domain.units import conversion

_GOOD = int(Quality.GOOD)
_UNMEASURED = (int(Quality.BAD), int(Quality.STALE))


class Found(NamedTuple):
    """Hold one item with the device it is of (None: it names none), and the units its values came in."""

    device: str | None
    item: Item
    units: dict[str, str]


@dataclass(slots=True)
class MessageMapping:
    """A mapping ready to read messages."""

    spec: MappingSpec
    topic: TopicPattern
    _device: Path | None
    _items: Path
    _seq: Path | None
    _time: Path | None
    _quality: QualityReader | None
    _values: dict[str, ValueReader]
    _each: ValueReader | None
    _parts: Path | None
    _key: Path | None
    _zone: Any = field(default=None)

    @classmethod
    def of(cls, spec: MappingSpec) -> MessageMapping:
        """Compile a mapping."""
        ts = spec.ts if isinstance(spec.ts, TimeSpec) else None
        each = spec.each
        return cls(
            spec=spec,
            topic=TopicPattern.of(spec.topic),
            _device=Path(spec.device) if spec.device else None,
            _items=Path(spec.items),
            # What is sent again would be dated by its second receipt: better a hole than a wrong time.
            _seq=Path(spec.seq) if spec.seq and ts else None,
            _time=Path(ts.path) if ts else None,
            _quality=QualityReader.of(spec.quality),
            _values={name: ValueReader.of(value) for name, value in spec.values.items()},
            _each=ValueReader.of(each) if each else None,
            _parts=Path(each.each) if each else None,
            _key=Path(each.key) if each and each.key else None,
            _zone=zone_named(ts.zone) if ts and ts.zone else None,
        )

    @property
    def is_dated_by_receipt(self) -> bool:
        """Tell whether messages bear no time of their own."""
        return self._time is None

    def read(self, payload: bytes, *, place: Place, received_at: datetime) -> list[Found]:
        """Read a message that came on `place` at `received_at`. Never raises.

        A message that cannot be read at all gives one item that holds only its fault.
        """
        try:
            return list(self._read(payload, place, received_at))
        except (RecursionError, ArithmeticError, ValueError, TypeError) as error:
            return [_fault(place.device, "mapping_failed", f"{type(error).__name__}: {error}"[:200])]

    def _read(self, payload: bytes, place: Place, received_at: datetime) -> Iterator[Found]:
        if len(payload) > MAX_BYTES:
            yield _fault(place.device, "too_large", f"{len(payload)} bytes")
            return
        try:
            root = payload.decode() if self.spec.payload == "text" else orjson.loads(payload)
        except ValueError as error:
            yield _fault(place.device, "unreadable_json", str(error)[:200])
            return
        count = 0
        for node in self._items.all(root, root):
            count += 1
            if count > MAX_ITEMS:
                yield _fault(place.device, "bad_list", f"more than {MAX_ITEMS} items")
                return
            yield self._item(root, node.value, place, received_at)
        if not count:
            yield _fault(place.device, "no_items", f"nothing at {self._items.text}")

    def _item(self, root: Any, raw: Any, place: Place, received_at: datetime) -> Found:
        item, units = Item(), dict[str, str]()
        device = place.device
        if self._device is not None:
            named = self._device.find(root, raw)
            device = named if isinstance(named, str) else str(named) if type(named) is int else None
        found = Found(device, item, units)
        if self._device is not None and device is None:
            item.faults.append(Fault("missing_device", f"nothing at {self._device.text}"))
            return found
        if self._seq is not None and not self._number(root, raw, item):
            return found
        at = self._instant(root, raw, received_at)
        if isinstance(at, Fault):
            item.faults.append(at)
            return found
        item.at = at
        quality = self._quality.read(root, raw) if self._quality else _GOOD
        self._read_values(root, raw, found, place, quality)
        if not item.values and not item.faults:
            item.faults.append(Fault("missing_values"))
        return found

    def _number(self, root: Any, raw: Any, item: Item) -> bool:
        assert self._seq is not None
        seq = self._seq.find(root, raw)
        if type(seq) is int and 0 <= seq <= MAX_SEQ:
            item.seq = seq
        elif seq is not ABSENT and seq is not None:
            item.faults.append(Fault("bad_seq", repr(seq)[:80]))
            return False
        return True

    def _instant(self, root: Any, raw: Any, received_at: datetime) -> datetime | Fault:
        if self._time is None or self.spec.ts == RECEIVED:
            return received_at
        written = self._time.find(root, raw)
        if written is ABSENT or written is None:
            return Fault("missing_ts", f"nothing at {self._time.text}")
        assert isinstance(self.spec.ts, TimeSpec)
        try:
            at = read_instant(written, self.spec.ts.format, self._zone)
        except (ValueError, OverflowError) as error:
            return Fault("bad_ts", f"{repr(written)[:80]}: {error}"[:200])
        return time_fault(at, repr(written)[:80]) or at

    def _read_values(self, root: Any, raw: Any, found: Found, place: Place, quality: int | None) -> None:
        for name, value in self._values.items():
            if value.path.find(root, raw) is not ABSENT:
                self._add(found, place.key if name == "*" and place.key else name, value, root, raw, quality)
        spec = self.spec.each
        if spec is None or self._parts is None or self._each is None:
            return
        for node in self._parts.all(root, raw):
            key = self._key.find(root, node.value) if self._key else node.name
            known = _field_of(key, spec)
            if known is not None:
                self._add(found, known, self._each, root, node.value, quality)
            elif spec.others == "keep":
                found.item.faults.append(Fault("bad_key", repr(key)[:80]))

    def _add(
        self, found: Found, name: str, value: ValueReader, root: Any, raw: Any, quality: int | None
    ) -> None:
        """Add one value, in its own unit, or the fault that stands in its place."""
        item = found.item
        if value.quality is not None:
            quality = value.quality.read(root, raw)
        written = value.path.find(root, raw)
        if quality is None:
            item.faults.append(Fault("bad_quality", name))
            return
        number = value.number(written)
        if number is None and (written is None or written is ABSENT) and quality in _UNMEASURED:
            item.values.append(Value(name, None, quality))
            return
        if number is None:
            item.faults.append(Fault("bad_value", f"{name[:64]}: {repr(written)[:80]}"))
            return
        told = value.unit_path.find(root, raw) if value.unit_path is not None else None
        unit = told if isinstance(told, str) else value.unit
        if unit:
            found.units[name] = unit
        item.values.append(Value(name, number, quality))


def in_sensor_units(found: Found, sensor_units: Mapping[str, str]) -> Item:
    """Return the item with its values in the units of the sensors, by field; what does not fit is a fault."""
    item = found.item
    if not found.units:
        return item
    kept: list[Value] = []
    for value in item.values:
        source, target = found.units.get(value.key), sensor_units.get(value.key)
        if source is None or target is None or value.value is None:
            kept.append(value)
        elif (way := conversion(source, target)) is None:
            item.faults.append(Fault("bad_unit", f"{value.key[:64]}: {source[:16]} > {target}"))
        else:
            kept.append(Value(value.key, value.value * way[0] + way[1], value.quality))
    item.values = kept
    return item


def _field_of(key: Any, spec: EachSpec) -> str | None:
    if not isinstance(key, str | int) or isinstance(key, bool):
        return None
    name = spec.names.get(str(key))
    return name or (str(key)[:64] if not spec.names else None)


def _fault(device: str | None, reason: str, detail: str) -> Found:
    return Found(device, Item(faults=[Fault(reason, detail)]), {})
