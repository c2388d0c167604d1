"""A row of a file of registers: what it says, or why it cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from metering.domain.registers import capacity, to_micro
from metering.domain.units import factor_to_stored

REQUIRED = ("meter", "at", "value")
OPTIONAL = ("unit",)
CLOCK_SLACK = 300
"""Seconds by which the file's clock may be ahead of ours."""


class Reason(StrEnum):
    """Why a row was refused."""

    INCOMPLETE = "incomplete"
    UNKNOWN_METER = "unknown_meter"
    BAD_TIME = "bad_time"
    NO_OFFSET = "no_offset"
    FUTURE = "future"
    NOT_INSTALLED = "not_installed"
    BAD_VALUE = "bad_value"
    NEGATIVE = "negative"
    BEYOND_DIAL = "beyond_dial"
    BAD_UNIT = "bad_unit"


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """What a row is checked against. Instants are seconds since 1970 UTC; `removed` is exclusive."""

    id: int
    utility: str
    digits: int
    installed: float
    removed: float


@dataclass(frozen=True, slots=True)
class Register:
    """A register to keep: whole seconds since 1970 UTC, micro-units."""

    meter: int
    at: int
    value: int


def read_row(
    row: Mapping[str, str | None], meters: Mapping[str, MeterFacts], now: float
) -> Register | Reason:
    """Return the register a row holds, or the reason to refuse it.

    Args:
        row: the cells by column; `unit` may be missing or empty: the stored unit of the meter's utility.
        meters: the known meters by code.
        now: seconds since 1970 UTC.
    """
    code, at_text, value_text = (row.get(name) or "" for name in REQUIRED)
    if not (code and at_text and value_text):
        return Reason.INCOMPLETE
    meter = meters.get(code.strip())
    if meter is None:
        return Reason.UNKNOWN_METER
    at = _read_time(at_text.strip())
    if isinstance(at, Reason):
        return at
    if at > now + CLOCK_SLACK:
        return Reason.FUTURE
    if not meter.installed <= at <= meter.removed:
        return Reason.NOT_INSTALLED
    value = _read_value(value_text.strip(), (row.get("unit") or ""), meter)
    return value if isinstance(value, Reason) else Register(meter.id, at, value)


def _read_time(text: str) -> int | Reason:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return Reason.BAD_TIME
    if at.tzinfo is None:
        return Reason.NO_OFFSET
    try:
        return int(at.timestamp() // 1)
    except (OverflowError, ValueError):
        return Reason.BAD_TIME


def _read_value(text: str, unit: str, meter: MeterFacts) -> int | Reason:
    factor = factor_to_stored(unit, meter.utility)
    if factor is None:
        return Reason.BAD_UNIT
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Reason.BAD_VALUE
    if not value.is_finite():
        return Reason.BAD_VALUE
    if value < 0:
        return Reason.NEGATIVE
    if value * factor >= Decimal(10) ** meter.digits:
        return Reason.BEYOND_DIAL
    micro = to_micro(value * factor)
    return micro if micro < capacity(meter.digits) else Reason.BEYOND_DIAL
