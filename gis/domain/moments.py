"""Instants and intervals as OGC API writes them: RFC 3339, `start/end`, `..` or nothing for an open end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

OPEN = {"", ".."}


def parse_moments(text: str) -> tuple[datetime | None, datetime | None]:
    """Return the start and the end, both included; None is open. A date alone is the whole day (UTC).

    Raises:
        ValueError: not an instant or an interval, or one that ends before it starts.
    """
    first, slash, last = text.partition("/")
    if not slash:
        return _start(first), _end(first)
    start = None if first in OPEN else _start(first)
    end = None if last in OPEN else _end(last)
    if start and end and start > end:
        raise ValueError("ends before it starts")
    return start, end


def _start(text: str) -> datetime:
    return _instant(text)


def _end(text: str) -> datetime:
    moment = _instant(text)
    return moment + timedelta(days=1, microseconds=-1) if _is_day(text) else moment


def _instant(text: str) -> datetime:
    if _is_day(text):
        return datetime.combine(datetime.strptime(text, "%Y-%m-%d"), time.min, UTC)  # noqa: DTZ007
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or "T" not in text.upper():
        raise ValueError("an instant needs a time and a zone")
    return moment.astimezone(UTC)


def _is_day(text: str) -> bool:
    return len(text) == len("2026-01-31")
