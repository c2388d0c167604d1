"""Read a message of an edge node again from the dead letters: its values fill the history, no more.

What came of the edge node since is known better than an old message could tell: births, deaths, the latest
values and alarms do not follow it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug.catalogue import Catalogue, Found
from telemetry.domain.sparkplug.edge import NUMBERS
from telemetry.domain.sparkplug.outcomes import Definition
from telemetry.domain.sparkplug.payload import Payload, Unreadable, decode
from telemetry.domain.sparkplug.times import instant
from telemetry.domain.sparkplug.topics import NAMESPACE, Topic, read_topic
from telemetry.models import DeadLetter, SparkplugMetric
from telemetry.queries.registry import KnownDevice
from telemetry.queries.sparkplug import KnownEdges
from telemetry.services.readings import Row
from telemetry.services.sparkplug.reading import row_of


@dataclass(slots=True)
class Reread:
    """Hold what a letter gives today: rows for the history, and what is still at fault."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def is_of_edge_node(letter: DeadLetter) -> bool:
    """Tell whether a letter came from an edge node."""
    return letter.topic.startswith(f"{NAMESPACE}/")


def read_letter(letter: DeadLetter, known: KnownEdges) -> Reread:
    """Read a letter by the devices of today and the metrics of the last birth, found by their names.

    An alias is not read: the birth that gave it may be another one than the last.
    """
    topic = read_topic(letter.topic)
    if topic is None:
        return Reread(faults=[Fault("bad_topic")])
    try:
        payload = decode(bytes(letter.payload))
    except Unreadable as error:
        return Reread(faults=[Fault("unreadable_sparkplug", str(error))])
    if payload.seq is None or not 0 <= payload.seq < NUMBERS:
        return Reread(faults=[Fault("bad_seq", str(payload.seq))])
    path = topic.edge.path(topic.device)
    device = known.by_path.get(path)
    if device is None:
        return Reread(faults=[Fault("unknown_device", path)])
    return _rows(letter, _read(topic, payload, path), device)


def _read(topic: Topic, payload: Payload, path: str) -> Found:
    if topic.kind in {"NBIRTH", "DBIRTH"}:
        return Catalogue.of(payload).read(payload, is_birth=True)
    metrics = SparkplugMetric.objects.filter(edge__path=path)
    definitions = {name: Definition(name, kind) for name, kind in metrics.values_list("name", "datatype")}
    return Catalogue(definitions).read(payload)


def _rows(letter: DeadLetter, found: Found, device: KnownDevice) -> Reread:
    done = Reread(faults=[Fault(reason, ", ".join(names)[:200]) for reason, names in found.refused.items()])
    for value in found.values:
        sensor = device.sensors.get(value.name)
        at = instant(value.at_ms, now=letter.received_at)
        if isinstance(at, Fault):
            done.faults.append(Fault(at.reason, f"{value.name}: {at.detail}"))
        elif sensor is not None:
            done.rows.append(row_of(sensor, at, letter.received_at, value))
    if not done.rows and not done.faults:
        done.faults.append(Fault("unknown_sensor", ", ".join(value.name for value in found.values)[:200]))
    return done
