"""Payloads: protobuf to plain values, and the one command that a host sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError

from telemetry.domain.sparkplug import chabaka_sparkplug_pb2
from telemetry.domain.sparkplug.values import DataType, Wire

wire: Any = chabaka_sparkplug_pb2
MAX_BYTES = 1_048_576
MAX_METRICS = 20_000
MAX_DEPTH = 8
REBIRTH = "Node Control/Rebirth"
_PLAIN = {"int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value"}
_UNITS = frozenset({"engUnit", "engunit", "Engineering Units", "EngUnit", "unit"})


class Unreadable(ValueError):  # noqa: N818 - the word says it
    """The payload is no Sparkplug payload."""


class Metric(NamedTuple):
    """Hold one metric of a message. Templates are flattened: a member is named `{instance}/{member}`.

    `name` is empty where only the alias was sent. `alias` is that of the instance, `path` the member's place
    below it (`/{member}`), empty for plain metrics.
    """

    name: str
    alias: int | None
    path: str
    at_ms: int | None
    datatype: int | None
    value: Wire
    quality: int | None
    unit: str
    is_historical: bool
    is_transient: bool


@dataclass(frozen=True, slots=True)
class Payload:
    """Hold a message's time (milliseconds since 1970), number and metrics."""

    at_ms: int | None
    seq: int | None
    metrics: tuple[Metric, ...]

    def value_of(self, name: str) -> Wire:
        """Return the value of a metric by its name, None where there is none."""
        return next((metric.value for metric in self.metrics if metric.name == name), None)


def decode(data: bytes) -> Payload:
    """Decode a payload.

    Raises:
        Unreadable: it is too large, or not what the specification describes.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{len(data)} bytes")
    message = wire.Payload()
    try:
        message.ParseFromString(data)
        metrics = tuple(_flat(message.metrics, depth=0))
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error)[:200] or "no protobuf") from error
    return Payload(
        message.timestamp if message.HasField("timestamp") else None,
        message.seq if message.HasField("seq") else None,
        metrics,
    )


def rebirth_command(*, now_ms: int) -> bytes:
    """Return the payload that asks an edge node for its births: `Node Control/Rebirth` = true."""
    message = wire.Payload(timestamp=now_ms)
    message.metrics.add(name=REBIRTH, timestamp=now_ms, datatype=DataType.BOOLEAN, boolean_value=True)
    data: bytes = message.SerializeToString()
    return data


def _flat(metrics: Any, *, depth: int, above: Metric | None = None) -> Iterable[Metric]:
    if len(metrics) > MAX_METRICS or depth > MAX_DEPTH:
        raise Unreadable("too many metrics" if depth <= MAX_DEPTH else "templates within templates")
    for raw in metrics:
        metric = _metric(raw)
        if above is not None:
            metric = _member(metric, above)
        if raw.WhichOneof("value") != "template_value":
            yield metric
        elif not raw.template_value.is_definition:
            yield from _flat(raw.template_value.metrics, depth=depth + 1, above=metric)


def _metric(raw: Any) -> Metric:
    held = raw.WhichOneof("value")
    if not isinstance(raw.name, str) or not isinstance(raw.string_value, str):
        raise Unreadable("a text that is no UTF-8")  # the library hands such texts on as bytes
    properties = dict(zip(raw.properties.keys, raw.properties.values, strict=False))
    quality = properties.get("Quality") or properties.get("quality")
    told = (p.string_value for key, p in properties.items() if key in _UNITS)
    unit = next((text for text in told if isinstance(text, str)), "")
    return Metric(
        name=raw.name,
        alias=raw.alias if raw.HasField("alias") else None,
        path="",
        at_ms=raw.timestamp if raw.HasField("timestamp") else None,
        datatype=raw.datatype if raw.HasField("datatype") else None,
        value=getattr(raw, held) if held in _PLAIN and not raw.is_null else None,
        quality=_code(quality) if quality is not None else None,
        unit=unit,
        is_historical=raw.is_historical,
        is_transient=raw.is_transient,
    )


def _code(quality: Any) -> int:
    held = quality.WhichOneof("value")
    return int(getattr(quality, held)) if held in {"int_value", "long_value"} else 0


def _member(member: Metric, above: Metric) -> Metric:
    """Name a member after its instance; what it does not say itself is the instance's."""
    place = f"{above.path}/{member.name}"
    return member._replace(
        name=f"{above.name}/{member.name}" if above.name else "",
        alias=above.alias,
        path=place,
        at_ms=member.at_ms if member.at_ms is not None else above.at_ms,
        quality=member.quality if member.quality is not None else above.quality,
        is_historical=member.is_historical or above.is_historical,
        is_transient=member.is_transient or above.is_transient,
    )
