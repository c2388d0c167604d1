"""Whether a device's clock can be believed: how far it is off, in both directions, and what to set aside."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

AHEAD_S = 300.0
BEHIND_S = 3600.0
OLDEST_S = 400 * 86_400.0
STEADY_S = 30.0
SAMPLES = 16
ENOUGH = 8
SAME_S = 60.0
RETURNED_AFTER = 3

FUTURE = "time_in_future"
ABSURD = "time_absurd"
BEHIND = "clock_behind"

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class ClockTrack:
    """Follow one device: the leads (device time minus receipt, seconds) of messages in their order.

    A message that waited shows a clock further behind than it is, by a time that differs from one to the
    next; one sent at once shows the clock. So a lead tells the skew only where it stays the same, while
    device time goes on: what waited and comes in one rush has nearly the same lead too, if it was measured
    every second.
    """

    newest: datetime | None = None
    last: datetime | None = None
    received_at: datetime | None = None
    leads: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    times: deque[datetime] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    out_of_order: int = 0
    believed: int = 0

    def observe(self, at: datetime, received_at: datetime, *, slowest_s: float = 60.0) -> str:
        """Take a message into account; return why its time is not to be believed, or nothing.

        Args:
            at: device time.
            received_at: time of receipt.
            slowest_s: the longest expected interval of the device's sensors: some stamp the start of theirs.
        """
        lead = (at - received_at).total_seconds()
        reason = FUTURE if lead > AHEAD_S else ABSURD if lead < -OLDEST_S else ""
        is_new = self.received_at is None or received_at >= self.received_at  # else read once more
        if is_new and (self.last is None or at > self.last):
            self.leads.append(lead)
            self.times.append(at)
        if is_new:
            self.last, self.received_at = at, received_at
        skew = self.skew_s if lead < -BEHIND_S and not reason else None
        if skew is not None and skew < -max(BEHIND_S, 3 * slowest_s) and abs(lead - skew) <= SAME_S:
            reason = BEHIND
        if is_new:
            self._count(at, reason)
        return reason

    def _count(self, at: datetime, reason: str) -> None:
        if reason:
            self.believed = 0
        elif self.newest is None or at > self.newest:
            self.newest = at
            self.believed += 1
        elif at < self.newest:
            self.out_of_order += 1

    @property
    def skew_s(self) -> float | None:
        """Return how far the clock is ahead (negative: behind), or None while that cannot be told."""
        if len(self.leads) < ENOUGH:
            return None
        ordered = sorted(self.leads)
        fifth = len(ordered) // 5
        skew, spread = median(ordered), ordered[-1 - fifth] - ordered[fifth]
        # Trimmed as the leads are: of a rush the spread is all of the time that went on in it.
        went_on = (self.times[-1 - fifth] - self.times[fifth]).total_seconds()
        if spread > STEADY_S or (skew < -SAME_S and spread > went_on / 2):
            return None
        return round(skew, 1)

    @property
    def has_returned(self) -> bool:
        """Tell whether the last messages were all to be believed."""
        return self.believed >= RETURNED_AFTER
