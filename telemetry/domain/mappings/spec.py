"""What a mapping may say: where in a family's messages the device, the times and the values stand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from telemetry.domain.mappings.paths import Path
from telemetry.domain.mappings.times import EPOCHS, zone_named
from telemetry.domain.mappings.topics import TopicPattern
from telemetry.domain.quality import Quality

OWN_TOPIC = "telemetry/{device}"
RECEIVED = "received"
MAX_VALUES = 500


def _path(text: Any) -> Any:
    if isinstance(text, str):
        Path(text)
    return text


def _under_path(raw: Any) -> Any:
    """Let a bare path stand for `{path: …}`."""
    return {"path": raw} if isinstance(raw, str) else raw


def _word(raw: Any) -> Any:
    """Let a YAML `on: 1`, whose key is a truth value there, mean what JSON calls it."""
    if isinstance(raw, dict):
        return {str(key).lower() if isinstance(key, bool) else str(key): value for key, value in raw.items()}
    return raw


JsonPath = Annotated[str, Field(min_length=1, max_length=300), BeforeValidator(_path)]
FieldName = Annotated[str, Field(min_length=1, max_length=64)]
Unit = Annotated[str, Field(min_length=1, max_length=16)]
Number = Annotated[float, Field(allow_inf_nan=False)]
QualityCode = Annotated[Quality, Field(strict=False)]
Words = Annotated[dict[Annotated[str, Field(max_length=64)], Number], BeforeValidator(_word)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QualitySpec(_Part):
    """Where the quality stands. Without `words` it is one of 192, 64, 0, 500 already."""

    path: JsonPath
    words: Annotated[dict[str, QualityCode], BeforeValidator(_word)] = Field(default_factory=dict)
    otherwise: QualityCode | None = None


class TimeSpec(_Part):
    """Where the device's time stands and how it is written: `rfc3339`, `epoch_s|ms|us`, or after strftime."""

    path: JsonPath
    format: Annotated[str, Field(min_length=1, max_length=64)] = "rfc3339"
    zone: str | None = None

    @model_validator(mode="after")
    def _is_readable(self) -> TimeSpec:
        if self.format != "rfc3339" and self.format not in EPOCHS and "%" not in self.format:
            raise ValueError("the format is rfc3339, epoch_s, epoch_ms, epoch_us or a strftime pattern")
        if self.zone:
            zone_named(self.zone)
        return self


class ValueSpec(_Part):
    """Where a value stands: raw × scale + offset is in `unit`, and becomes the sensor's unit from there.

    `decimal` says that numbers come as text, with this mark; `words` gives numbers to texts and truth values.
    """

    path: JsonPath
    unit: Unit | None = None
    unit_path: JsonPath | None = None
    scale: Number = 1
    offset: Number = 0
    decimal: Literal[".", ","] | None = None
    words: Words = Field(default_factory=dict)
    quality: Annotated[QualitySpec | None, BeforeValidator(_under_path)] = None


class EachSpec(ValueSpec):
    """A list, or an object, each part of which is a value; `path` and the others start at the part.

    The key is found by `key`, or is the part's own name; `names` turns it into the sensor's field.
    """

    each: JsonPath
    path: JsonPath = "$"
    key: JsonPath | None = None
    names: Annotated[dict[str, FieldName], BeforeValidator(_word)] = Field(default_factory=dict)
    others: Literal["ignore", "keep"] = "keep"


class MappingSpec(_Part):
    """How the messages of a family are read."""

    topic: Annotated[str, Field(max_length=200)] = OWN_TOPIC
    payload: Literal["json", "text"] = "json"
    device: JsonPath | None = None
    items: JsonPath = "$"
    seq: JsonPath | None = None
    ts: Annotated[TimeSpec | Literal["received"], BeforeValidator(
        lambda raw: raw if raw == RECEIVED else _under_path(raw)
    )] = TimeSpec(path="$.ts")  # fmt: skip
    quality: Annotated[QualitySpec | None, BeforeValidator(_under_path)] = None
    values: dict[FieldName, Annotated[ValueSpec, BeforeValidator(_under_path)]] = Field(
        default_factory=dict, max_length=MAX_VALUES
    )
    each: Annotated[
        EachSpec | None, BeforeValidator(lambda raw: {"each": raw} if isinstance(raw, str) else raw)
    ] = None

    @model_validator(mode="after")
    def _hangs_together(self) -> MappingSpec:
        pattern = TopicPattern.of(self.topic)
        if pattern.takes_own_topics:
            raise ValueError("under telemetry/ this takes what other devices say, or what devices are asked")
        if pattern.names_device == (self.device is not None):
            raise ValueError("the device is named either by {device} in the topic or by the path `device`")
        if pattern.names_key and (self.each or set(self.values) != {"*"}):
            raise ValueError("where the topic holds {key}, values has one entry, under '*'")
        if not pattern.names_key and "*" in self.values:
            raise ValueError("'*' stands for the {key} of the topic, and this one has none")
        if not self.values and self.each is None:
            raise ValueError("say where values stand: values or each")
        return self
