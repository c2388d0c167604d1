"""Leave a silent unit alone for a while, so that it does not delay its neighbours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Count failures in a row and say when the next attempt is due.

    Times are monotonic seconds from the caller. Up to `threshold` failures the unit keeps its rhythm; then
    the pause doubles from `first_pause_s` up to `longest_pause_s`. One success closes it.
    """

    threshold: int = 3
    first_pause_s: float = 5.0
    longest_pause_s: float = 60.0
    failures: int = 0
    retry_at: float = 0.0

    @property
    def is_open(self) -> bool:
        """Tell whether the unit is being left alone."""
        return self.failures >= self.threshold

    def may_try(self, now: float) -> bool:
        """Tell whether an attempt is due at `now`."""
        return not self.is_open or now >= self.retry_at

    def succeeded(self) -> None:
        """Close the breaker."""
        self.failures = 0
        self.retry_at = 0.0

    def failed(self, now: float) -> None:
        """Record a failure and plan the next attempt."""
        self.failures += 1
        if self.is_open:
            doublings = min(self.failures - self.threshold, 16)
            self.retry_at = now + min(self.first_pause_s * 2**doublings, self.longest_pause_s)
