"""Instants as devices write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone of the IANA list.

    Raises:
        ValueError: there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"{name} is no time zone of the IANA list") from None


def read_instant(raw: Any, form: str, zone: tzinfo | None) -> datetime:
    """Return the instant a device wrote: RFC 3339, a count since 1970, or a pattern of strftime.

    Raises:
        ValueError: it cannot be read, or its offset from UTC is not known.
    """
    if form in EPOCHS:
        return _counted(raw, EPOCHS[form])
    if not isinstance(raw, str) or len(raw) > 64:
        raise ValueError("no text")
    at = datetime.fromisoformat(raw) if form == "rfc3339" else datetime.strptime(raw, form)  # noqa: DTZ007
    if at.tzinfo is None:
        if zone is None:
            raise ValueError("no offset")
        return at.replace(tzinfo=zone).astimezone(UTC)
    return at


def _counted(raw: Any, per_s: int) -> datetime:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("no number")
    number = float(raw) if not isinstance(raw, str) or "." in raw else int(raw)
    try:
        if isinstance(number, int):
            return _EPOCH + timedelta(microseconds=number * (1_000_000 // per_s))
        return _EPOCH + timedelta(seconds=number / per_s)
    except OverflowError:
        raise ValueError("out of range") from None
