"""The one place that asks what time it is, so that tests can say."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Africa/Casablanca")


def now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """Return the local calendar day of an instant."""
    return at.astimezone(LOCAL).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the half-open UTC interval of a local day: 23, 24 or 25 hours long."""
    start = datetime.combine(day, time.min, LOCAL)
    end = datetime.combine(day + timedelta(days=1), time.min, LOCAL)
    return start.astimezone(UTC), end.astimezone(UTC)
