"""Turn what edge nodes said into rows, one segment of time after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from telemetry.domain.payloads import Fault
from telemetry.domain.quality import Quality
from telemetry.domain.sparkplug import Born, Data, Died, Outcome, RebirthWanted, Refused
from telemetry.domain.sparkplug.outcomes import Incoming, Value
from telemetry.domain.sparkplug.times import instant
from telemetry.queries.registry import KnownDevice, KnownSensor
from telemetry.queries.sparkplug import KnownEdges
from telemetry.services.dead_letters import Letter
from telemetry.services.readings import Row


@dataclass(slots=True)
class Segment:
    """Hold what is written together: values first, then the ends of those that died after them."""

    rows: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    births: list[Born] = field(default_factory=list)
    revived: set[int] = field(default_factory=set)
    ended: list[Row] = field(default_factory=list)
    deaths: list[Died] = field(default_factory=list)
    asked: list[RebirthWanted] = field(default_factory=list)
    heard: dict[str, datetime] = field(default_factory=dict)
    devices: dict[int, datetime] = field(default_factory=dict)


def segments(outcomes: Iterable[Outcome], known: KnownEdges) -> Iterator[Segment]:
    """Cut outcomes where something speaks again after a death: what is stale must not hide it."""
    segment = Segment()
    for outcome in outcomes:
        if segment.deaths and isinstance(outcome, Born | Data):
            yield segment
            segment = Segment()
        _add(segment, outcome, known)
    yield segment


def _add(segment: Segment, outcome: Outcome, known: KnownEdges) -> None:
    if isinstance(outcome, Born | Data):
        _add_values(segment, outcome, known)
    elif isinstance(outcome, Died):
        segment.deaths.append(outcome)
        for device in _ended(outcome, known):
            segment.ended += [
                Row(sensor.id, outcome.at, outcome.at, None, None, int(Quality.STALE), outcome.reason)
                for sensor in device.sensors.values()
            ]
    elif isinstance(outcome, RebirthWanted):
        segment.asked.append(outcome)
    else:
        segment.letters.append(_letter(outcome.message, outcome.fault, _device(outcome, known)))


def _add_values(segment: Segment, outcome: Born | Data, known: KnownEdges) -> None:
    path = outcome.edge.path(outcome.device)
    segment.heard[path] = segment.heard[outcome.edge.path()] = outcome.received_at
    if isinstance(outcome, Born):
        segment.births.append(outcome)
    device = known.by_path.get(path)
    if device is None:
        return
    segment.devices[device.id] = outcome.received_at
    for value in outcome.values:
        sensor = device.sensors.get(value.name)
        if sensor is not None:
            _add_value(segment, outcome, value, sensor, device)


def _add_value(
    segment: Segment, outcome: Born | Data, value: Value, sensor: KnownSensor, device: KnownDevice
) -> None:
    at = instant(value.at_ms, now=outcome.received_at)
    if isinstance(at, Fault):
        fault = Fault(at.reason, f"{value.name}: {at.detail}")
        segment.letters.append(_letter(outcome.message, fault, device))
        return
    row = row_of(sensor, at, outcome.received_at, value)
    (segment.history if value.is_historical else segment.rows).append(row)
    if isinstance(outcome, Born) and not value.is_historical and row.quality != Quality.STALE:
        segment.revived.add(sensor.id)


def row_of(sensor: KnownSensor, at: datetime, received_at: datetime, value: Value) -> Row:
    """Return the row of a value in the sensor's unit; out of its range it is bad."""
    if value.value is None:
        return Row(sensor.id, at, received_at, None, None, value.quality, value.reason)
    converted = sensor.convert(value.value)
    if sensor.is_valid(converted):
        return Row(sensor.id, at, received_at, None, converted, value.quality, value.reason)
    return Row(sensor.id, at, received_at, None, *sensor.refused(converted))


def _ended(death: Died, known: KnownEdges) -> list[KnownDevice]:
    if not death.device:
        return known.by_node.get(death.edge, [])
    device = known.by_path.get(death.edge.path(death.device))
    return [device] if device else []


def _device(refused: Refused, known: KnownEdges) -> KnownDevice | None:
    message = refused.message
    return known.by_path.get(message.edge.path(message.device))


def _letter(message: Incoming, fault: Fault, device: KnownDevice | None) -> Letter:
    device_id = device.id if device else None
    return Letter(message.topic, message.raw, fault, message.received_at, device_id)
