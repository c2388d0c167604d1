"""What stands in a dead letter of an edge node: its metrics, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from telemetry.domain.payloads import Fault
from telemetry.domain.sparkplug import Unreadable, read_topic
from telemetry.domain.sparkplug.payload import Metric, decode
from telemetry.domain.sparkplug.times import instant
from telemetry.domain.sparkplug.topics import NAMESPACE
from telemetry.domain.sparkplug.values import SIGNED_BITS, number, type_name
from telemetry.models import DeadLetter, SparkplugMetric

MOST_METRICS = 200
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class LetterMetric:
    """One metric as it was sent; `at` is None where its time is absent or absurd, `text` where it is null.

    `datatype` is the one the last birth told where the letter leaves it out.
    """

    name: str
    alias: int | None
    datatype: str
    text: str | None
    unit: str
    at: datetime | None
    quality: int | None
    is_historical: bool


@dataclass(slots=True)
class LetterPayload:
    """What a payload holds; `fault` says why it cannot be read, `more` counts metrics that are not shown."""

    at: datetime | None = None
    seq: int | None = None
    metrics: list[LetterMetric] = field(default_factory=list)
    more: int = 0
    fault: str = ""


def payload_of(letter: DeadLetter) -> LetterPayload | None:
    """Return what stands in a letter of an edge node, None where it came from something else."""
    if not letter.topic.startswith(f"{NAMESPACE}/"):
        return None
    try:
        payload = decode(bytes(letter.payload))
    except Unreadable as error:
        return LetterPayload(fault=str(error))
    kinds = _kinds_told(letter.topic)
    shown = [_metric(one, kinds, letter.received_at, payload.at_ms) for one in payload.metrics[:MOST_METRICS]]
    at = _at(payload.at_ms, letter.received_at)
    return LetterPayload(at, payload.seq, shown, len(payload.metrics) - len(shown))


def _kinds_told(text: str) -> dict[str, int]:
    """Return the data types that the last birth told, by name."""
    topic = read_topic(text)
    if topic is None:
        return {}
    metrics = SparkplugMetric.objects.filter(edge__path=topic.edge.path(topic.device))
    return dict(metrics.values_list("name", "datatype"))


def _metric(
    metric: Metric, kinds: dict[str, int], received_at: datetime, sent_ms: int | None
) -> LetterMetric:
    datatype = metric.datatype if metric.datatype is not None else kinds.get(metric.name)
    return LetterMetric(
        metric.name,
        metric.alias,
        "" if datatype is None else type_name(datatype),
        _text(metric, datatype),
        metric.unit,
        _at(metric.at_ms if metric.at_ms is not None else sent_ms, received_at),
        metric.quality,
        metric.is_historical,
    )


def _text(metric: Metric, datatype: int | None) -> str | None:
    """Write a value: integers with their sign, as the type tells it; nothing for what is not kept."""
    if metric.value is None:
        return None
    is_whole = isinstance(metric.value, int) and not isinstance(metric.value, bool)
    if is_whole and datatype in SIGNED_BITS:
        value = number(metric.value, int(datatype), None).value
        return str(metric.value) if value is None else str(int(value))
    return str(metric.value)[:LONGEST_TEXT]


def _at(at_ms: int | None, received_at: datetime) -> datetime | None:
    found = instant(at_ms, now=received_at) if at_ms is not None else None
    return None if isinstance(found, Fault) else found
