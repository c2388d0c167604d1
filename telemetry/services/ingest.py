"""Turn messages into readings, dead letters and sequence gaps, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from telemetry.domain.mappings import in_sensor_units
from telemetry.domain.payloads import Fault, Item, parse
from telemetry.domain.sequences import SequenceTracker
from telemetry.models import Device
from telemetry.ports import Message
from telemetry.queries.registry import KnownDevice, Registry
from telemetry.services.alarms import evaluate_rules
from telemetry.services.clocks import ClockNotes, judge_time, set_aside
from telemetry.services.dead_letters import Letter, keep_dead_letters
from telemetry.services.gaps import record_gaps
from telemetry.services.links import drive_links
from telemetry.services.partitions import ensure_partitions
from telemetry.services.readings import Row, store_readings
from telemetry.sql import array

log = structlog.get_logger(__name__)
_new = tuple.__new__
TOPIC = re.compile(r"telemetry/([A-Za-z0-9_-]{1,64})\Z")


@dataclass(slots=True)
class Batch:
    """Hold what a batch of messages says, before it is written."""

    rows: list[Row] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    numbers: dict[int, list[tuple[int, datetime | None]]] = field(default_factory=dict)
    seen: dict[int, datetime] = field(default_factory=dict)
    clocks: ClockNotes = field(default_factory=ClockNotes)
    days: set[date] = field(default_factory=set)
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Ingested:
    """Say what a batch did. `unknown` asks the caller to load the registry again."""

    messages: int = 0
    readings: int = 0
    new: int = 0
    conflicts: int = 0
    letters: int = 0
    unknown: bool = False

    def __add__(self, other: Ingested) -> Ingested:
        return Ingested(
            self.messages + other.messages,
            self.readings + other.readings,
            self.new + other.new,
            self.conflicts + other.conflicts,
            self.letters + other.letters,
            self.unknown or other.unknown,
        )


def ingest_messages(*, messages: Sequence[Message], registry: Registry, now: datetime) -> Ingested:
    """Store a batch of messages durably; afterwards every one of them may be acknowledged.

    A batch that cannot be read or stored for what it holds is taken apart, down to the message at fault,
    which goes to the dead letters.

    Raises:
        OperationalError, InterfaceError: the database is away; nothing was stored.
    """
    try:
        batch = read_messages(messages=messages, registry=registry)
        return store_batch(batch=batch, messages=len(messages), registry=registry, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.warning("telemetry.batch_refused", messages=len(messages), error=str(error))
        if len(messages) == 1:
            return _refuse(messages[0], error)
    middle = len(messages) // 2
    halves = (messages[:middle], messages[middle:])
    first, second = (ingest_messages(messages=half, registry=registry, now=now) for half in halves)
    return first + second


def store_batch(*, batch: Batch, messages: int, registry: Registry, now: datetime) -> Ingested:
    """Write what messages said, in one transaction."""
    try:
        ensure_partitions(days=batch.days)
    except OperationalError as error:
        log.warning("telemetry.partition_not_created", error=str(error))
    return _write(batch, messages, registry, now)


def read_messages(*, messages: Sequence[Message], registry: Registry) -> Batch:
    """Interpret messages, each by when it was received; writes nothing."""
    batch = Batch()
    for message in messages:
        match = TOPIC.match(message.topic)
        device = registry.devices.get(match[1]) if match else None
        if device is None or device.mapping is not None:
            if match is None or match[1] not in registry.turned_off:
                _read_mapped(batch, message, registry, named=match is not None)
            continue
        for item in parse(message.payload, now=message.received_at):
            _read_item(batch, message, item, device)
    return batch


def _read_mapped(batch: Batch, message: Message, registry: Registry, *, named: bool) -> None:
    """Read a message on the topic of a family, or say that nobody knows the device or the topic."""
    route = registry.route(message.topic)
    if route is None:
        batch.unknown = batch.unknown or named
        _letter(batch, message, Fault("unknown_device" if named else "bad_topic"), None)
        return
    if message.retained and route.mapping.is_dated_by_receipt:
        return  # from whenever: the time of this receipt would be a lie, anew at each connection
    for found in route.mapping.read(message.payload, place=route.place, received_at=message.received_at):
        device = registry.devices.get(found.device or "")
        if device is not None and device.family == route.family:
            _read_item(batch, message, in_sensor_units(found, device.units()), device)
            continue
        if found.device in registry.turned_off:
            continue
        faults = found.item.faults if found.device is None else []
        if device is not None:
            faults = [Fault("other_family", f"{device.code}: {device.family or '-'} > {route.family}")]
        elif not faults:
            batch.unknown = True
            faults = [Fault("unknown_device", (found.device or "")[:64])]
        for fault in faults:
            _letter(batch, message, fault, None)


def _read_item(batch: Batch, message: Message, item: Item, device: KnownDevice) -> None:
    at, received_at = item.at, message.received_at
    reason = judge_time(batch.clocks, device.id, at, received_at, slowest_s=device.slowest_s) if at else ""
    if item.seq is not None:
        batch.numbers.setdefault(device.id, []).append((item.seq, None if reason else at))
    if not message.retained:
        batch.seen[device.id] = received_at
    for fault in item.faults:
        _letter(batch, message, fault, device)
    if at is None:
        return
    if reason:
        _set_aside(batch, item, device, message, reason)
        return
    batch.days.add(at.date() if at.utcoffset() is None else (at - at.utcoffset()).date())  # type: ignore[operator]
    seq, rows = item.seq, batch.rows
    for key, value, quality in item.values:
        sensor = device.sensors.get(key)
        reason = ""
        if sensor is None:
            _unknown_sensor(batch, message, key, device)
            continue
        if value is None:
            reason = "no_measurement"
        elif not sensor.low <= (value := value * sensor.scale + sensor.offset) <= sensor.high:
            value, quality, reason = sensor.refused(value)
        # Without the constructor of the row: this runs for every value there is.
        rows.append(_new(Row, (sensor.id, at, received_at, seq, value, quality, reason)))


def _set_aside(batch: Batch, item: Item, device: KnownDevice, message: Message, reason: str) -> None:
    """Keep the values of an item whose time is not to be believed out of the history, with the reason."""
    known = []
    for key, value, quality in item.values:
        if key in device.sensors:
            known.append((device.sensors[key], value, quality))
        else:
            _unknown_sensor(batch, message, key, device)
    batch.clocks.aside[device.id] += len(known)
    assert item.at is not None
    for sensor, value, quality in known:
        converted = None if value is None else sensor.convert(value)
        if converted is not None and not sensor.is_valid(converted):
            converted, quality, _ = sensor.refused(converted)
        row = Row(sensor.id, item.at, message.received_at, item.seq, converted, quality, reason)
        batch.clocks.rows.append(row)


def _unknown_sensor(batch: Batch, message: Message, key: str, device: KnownDevice) -> None:
    if key not in device.turned_off:
        batch.unknown = True
        _letter(batch, message, Fault("unknown_sensor", key[:64]), device)


def _letter(batch: Batch, message: Message, fault: Fault, device: KnownDevice | None) -> None:
    device_id = device.id if device else None
    batch.letters.append(Letter(message.topic, message.payload, fault, message.received_at, device_id))


@transaction.atomic
def _write(batch: Batch, messages: int, registry: Registry, now: datetime) -> Ingested:
    if batch.letters:
        keep_dead_letters(letters=batch.letters)
    _follow_devices(batch, now)
    set_aside(notes=batch.clocks, quarantined=registry.quarantined, now=now)
    evaluate_rules(rows=batch.rows, ruled=registry.ruled, now=now)
    stored = store_readings(rows=batch.rows)
    drive_links(rows=batch.rows, moved=stored.moved, registry=registry)
    return Ingested(
        messages, len(batch.rows), stored.new, stored.conflicts, len(batch.letters), unknown=batch.unknown
    )


_SEEN = """
UPDATE telemetry_device AS device
SET last_seen_at = greatest(device.last_seen_at, seen.at),
    last_seq = coalesce(seen.seq, device.last_seq), last_seq_at = coalesce(seen.seq_at, device.last_seq_at)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::timestamptz[]) AS seen (id, at, seq, seq_at)
WHERE device.id = seen.id
"""


def _follow_devices(batch: Batch, now: datetime) -> None:
    ids = sorted(batch.seen.keys() | batch.numbers.keys())
    if not ids:
        return
    trackers = _trackers(batch)
    record_gaps(trackers=trackers, now=now)
    found = [trackers.get(device_id) for device_id in ids]
    columns: list[Any] = [
        ids,
        [batch.seen.get(device_id) for device_id in ids],
        [tracker.last_seq if tracker else None for tracker in found],
        [tracker.last_at if tracker else None for tracker in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, list(map(array, columns)))


def _trackers(batch: Batch) -> dict[int, SequenceTracker]:
    # Locked in one order: members of a shared group hold numbers of the same devices, and each judges what is
    # missing after the other's commit.
    devices = Device.objects.select_for_update().filter(pk__in=batch.numbers).order_by("pk")
    known = devices.values_list("pk", "last_seq", "last_seq_at")
    trackers = {device_id: SequenceTracker(seq, at) for device_id, seq, at in known}
    for device_id, tracker in trackers.items():
        for seq, at in batch.numbers[device_id]:
            tracker.observe(seq, at)
    return trackers


@transaction.atomic
def _refuse(message: Message, error: Exception) -> Ingested:
    fault = Fault("not_storable", str(error).splitlines()[0])
    keep_dead_letters(letters=[Letter(message.topic, message.payload, fault, message.received_at)])
    return Ingested(messages=1, letters=1, unknown=True)
