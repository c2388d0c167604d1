"""An edge node that speaks Sparkplug B: payloads as bytes, numbered as the specification says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telemetry.domain.sparkplug.payload import wire
from telemetry.domain.sparkplug.values import DataType

_FIELDS = {
    DataType.FLOAT: "float_value",
    DataType.DOUBLE: "double_value",
    DataType.BOOLEAN: "boolean_value",
    DataType.STRING: "string_value",
    DataType.TEXT: "string_value",
    DataType.BYTES: "bytes_value",
    DataType.INT64: "long_value",
    DataType.UINT64: "long_value",
    DataType.UINT32: "long_value",
    DataType.DATETIME: "long_value",
}


def metric(name: str, value: Any = None, kind: DataType | None = DataType.DOUBLE, **more: Any) -> Any:
    """Return one metric. `kind` None leaves the type out; `quality`, `unit` become properties."""
    made = wire.Metric()
    if name:
        made.name = name
    quality, unit = more.pop("quality", None), more.pop("unit", None)
    written_as = more.pop("written_as", kind)
    for key, given in more.items():
        setattr(made, key, given)
    if kind is not None:
        made.datatype = kind
    if value is None:
        made.is_null = True
    elif isinstance(value, wire.Template | wire.DataSet):
        getattr(made, "template_value" if isinstance(value, wire.Template) else "dataset_value").CopyFrom(
            value
        )
    else:
        setattr(made, _FIELDS.get(written_as, "int_value"), value)
    if quality is not None:
        made.properties.keys.append("Quality")
        made.properties.values.add(type=DataType.INT32, int_value=quality)
    if unit is not None:
        made.properties.keys.append("engUnit")
        made.properties.values.add(type=DataType.STRING, string_value=unit)
    return made


def payload(*metrics: Any, seq: int | None, at: datetime) -> bytes:
    """Return the bytes of a payload sent at `at`."""
    made = wire.Payload(timestamp=ms(at), metrics=metrics)
    if seq is not None:
        made.seq = seq
    data: bytes = made.SerializeToString()
    return data


def ms(at: datetime) -> int:
    """Return milliseconds since 1970."""
    return round(at.astimezone(UTC).timestamp() * 1000)


@dataclass
class Edge:
    """Number the messages of one edge node; each call returns (topic, payload)."""

    group: str = "berkane"
    node: str = "rtu-1"
    bd_seq: int = 0
    seq: int = field(default=-1)

    def topic(self, kind: str, device: str = "") -> str:
        return f"spBv1.0/{self.group}/{kind}/{self.node}" + (f"/{device}" if device else "")

    def birth(self, *metrics: Any, at: datetime, seq: int = 0) -> tuple[str, bytes]:
        """Return an NBIRTH."""
        self.seq = seq
        own = metric("bdSeq", self.bd_seq, DataType.INT64)
        control = metric("Node Control/Rebirth", False, DataType.BOOLEAN)
        return self.topic("NBIRTH"), payload(own, control, *metrics, seq=seq, at=at)

    def send(self, kind: str, *metrics: Any, at: datetime, device: str = "") -> tuple[str, bytes]:
        """Return the next numbered message."""
        self.seq = (self.seq + 1) % 256
        return self.topic(kind, device), payload(*metrics, seq=self.seq, at=at)

    def death(self, *, at: datetime) -> tuple[str, bytes]:
        """Return the will of this connection."""
        own = metric("bdSeq", self.bd_seq, DataType.INT64)
        return self.topic("NDEATH"), payload(own, seq=None, at=at)
