"""When alarms that rise together are one event: how long apart, and hanging together how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from telemetry.domain.alarm_kinds import TIMED

WINDOW = timedelta(minutes=5)
"""An alarm joins those that rose this long before it at most."""

LONGEST_BURST = timedelta(minutes=30)
"""A group takes nothing more once its first alarm is this old."""

NEAR_M = 1_000.0
"""Network distance in metres below which water alarms are taken as neighbours."""

SAME_SUPPLY = "same_supply"
SAME_ZONE = "same_zone"
NEAR = "near"
FEEDS = "feeds"
FED_BY = "fed_by"
SAME_DEVICE = "same_device"


@dataclass(frozen=True, slots=True)
class Tie:
    """Say why two alarms hang together; `name` and `distance_m` tell people of what.

    `feeds`: the newer one's element feeds the other's. `fed_by`: the other way round.
    """

    why: str
    name: str = ""
    distance_m: float | None = None

    def stored(self) -> dict[str, str | float]:
        """Return what is kept of it, in JSON."""
        told: dict[str, str | float] = {"why": self.why, "name": self.name}
        return told if self.distance_m is None else told | {"distance_m": round(self.distance_m)}


def may_belong(kind: str, other: str) -> bool:
    """Tell whether two kinds of rules may speak of one event: silence is not an effect of a burst."""
    return (kind in TIMED) == (other in TIMED)


def takes(*, opened_at: datetime, last_at: datetime, raised_at: datetime) -> bool:
    """Tell whether a group still takes an alarm that rose at an instant."""
    return abs(raised_at - last_at) <= WINDOW and raised_at - opened_at <= LONGEST_BURST
