"""Times of Sparkplug: milliseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telemetry.domain.payloads import MAX_AGE, MAX_AHEAD, Fault

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(at_ms: int | None, *, now: datetime) -> datetime | Fault:
    """Return the instant of a time on the wire; `now` where there is none, a fault where it cannot be."""
    if at_ms is None:
        return now
    try:
        at = _EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError:
        return Fault("time_absurd", str(at_ms))
    if at - now > MAX_AHEAD:
        return Fault("time_in_future", at.isoformat())
    return Fault("time_absurd", at.isoformat()) if now - at > MAX_AGE else at
