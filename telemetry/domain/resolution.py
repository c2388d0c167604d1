"""Which resolution answers a question: never more points than asked for, as fine as that allows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from telemetry.domain.rollups import BY_NAME, DAY, DAY_S, HOUR, LOCAL, MINUTE, QUARTER, Level, day_start

FIRST_MONDAY = date(2000, 1, 3)
_WIDTHS: tuple[tuple[Level, tuple[int, ...]], ...] = (
    (MINUTE, (60, 120, 300, 600)),
    (QUARTER, (900, 1800)),
    (HOUR, (3600, 7200, 10_800, 14_400, 21_600, 28_800, 43_200)),
    (DAY, tuple(DAY_S * n for n in (1, 2, 3, 7, 14, 28, 91, 364, 3640))),
)


class TooManyPointsError(Exception):
    """More points than may be asked for: narrow the window or take a coarser resolution."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Buckets of one width, in seconds, made of whole buckets of a level; of a day or more: local days."""

    level: Level
    width_s: int

    @property
    def days(self) -> int:
        """Return the number of local days of a bucket, 0 where it is shorter."""
        return self.width_s // DAY_S

    def place(self, at: datetime) -> int:
        """Return the number of the bucket in which an instant lies."""
        if self.days:
            return (at.astimezone(LOCAL).date() - FIRST_MONDAY).days // self.days
        return int(at.timestamp() // self.width_s)

    def start(self, place: int) -> datetime:
        """Return when a bucket begins, in UTC."""
        if self.days:
            return day_start(FIRST_MONDAY + timedelta(days=place * self.days))
        return datetime.fromtimestamp(place * self.width_s, UTC)

    def count(self, start: datetime, end: datetime) -> int:
        """Return how many buckets touch [start, end)."""
        return self.place(end - timedelta(microseconds=1)) - self.place(start) + 1


def choose_grid(
    start: datetime, end: datetime, *, points: int, levels: Collection[Level], name: str = "auto"
) -> Grid:
    """Return the finest grid with at most `points` buckets over [start, end), from the levels still kept.

    Args:
        start, end: the window, half-open.
        points: the most buckets wanted.
        levels: those that reach back to the start.
        name: `auto`, or the level whose own buckets are wanted.

    Raises:
        TooManyPointsError: the level asked for has more.
    """
    if name != "auto":
        grid = Grid(BY_NAME[name], BY_NAME[name].width_s)
        if grid.count(start, end) > points:
            raise TooManyPointsError
        return grid
    grids = [Grid(level, width) for level, widths in _WIDTHS if level in levels for width in widths]
    for grid in grids:
        if grid.count(start, end) <= points:
            return grid
    raise TooManyPointsError
