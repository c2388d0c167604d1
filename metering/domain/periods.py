"""Hours, local days and months, and what they are compared with a year before."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from backend.core.clock import LOCAL, day_bounds


class Bucket(StrEnum):
    """The length of a period in an answer."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


def floor(at: datetime, bucket: Bucket) -> datetime:
    """Return the start, in UTC, of the local hour, day or month that holds an instant."""
    local = at.astimezone(LOCAL)
    if bucket is Bucket.HOUR:
        return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = local.date().replace(day=1) if bucket is Bucket.MONTH else local.date()
    return day_bounds(first)[0]


def next_edge(at: datetime, bucket: Bucket) -> datetime:
    """Return the edge that follows an edge: an hour, a local day of 23 to 25 hours, or a month later."""
    if bucket is Bucket.HOUR:
        return at + timedelta(hours=1)
    day = at.astimezone(LOCAL).date()
    if bucket is Bucket.DAY:
        return day_bounds(day)[1]
    return datetime.combine(month_after(day), time.min, LOCAL).astimezone(UTC)


def month_after(day: date) -> date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def edges(start: datetime, end: datetime, bucket: Bucket) -> list[datetime]:
    """Return the edges of the periods that cover [start, end), widened to whole periods."""
    result = [floor(start, bucket)]
    while result[-1] < end:
        result.append(next_edge(result[-1], bucket))
    return result


def days_between(first: date, last: date) -> list[date]:
    """Return the days from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_edges(first: date, last: date) -> list[datetime]:
    """Return the UTC instants at which the local days from first to last begin, and the end of the last."""
    return [day_bounds(day)[0] for day in days_between(first, last + timedelta(days=1))]


def week_before_a_year(monday: date) -> date:
    """Return the Monday of the same ISO week of the year before; week 53 is compared with week 52."""
    year, week, _ = monday.isocalendar()
    try:
        return date.fromisocalendar(year - 1, week, 1)
    except ValueError:
        return date.fromisocalendar(year - 1, week - 1, 1)


def year_before(day: date, bucket: Bucket) -> date:
    """Return what to compare with: the same weekday 52 weeks before, or the month a year before."""
    if bucket is Bucket.MONTH:
        return day.replace(year=day.year - 1, day=1)
    return day - timedelta(days=364)
