"""How often an edge node is asked for its births: at once, then ever more rarely, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 300.0
QUIET_S = 900.0
MOST_UNANSWERED = 5


@dataclass(slots=True)
class Asking:
    """Say when to ask for a rebirth. Times are monotonic seconds from the caller.

    The pause after a question doubles from ten seconds to five minutes, births or not: an edge node whose
    births mend nothing is not asked at the rate of its data. A quarter of an hour without cause and it starts
    over. Five questions without a birth, and it is left alone until it gives cause again.
    """

    cause: str = ""
    unanswered: int = 0
    pause_s: float = FIRST_PAUSE_S
    next_s: float = float("-inf")

    def want(self, cause: str) -> None:
        """Note that the births are needed; the first cause stands."""
        self.cause = self.cause or cause

    def due(self, time_s: float) -> str:
        """Return why to ask now, and count it as asked; empty where there is no cause or it is too early."""
        if not self.cause or time_s < self.next_s:
            return ""
        if self.unanswered >= MOST_UNANSWERED:
            self.answered()
            return ""
        quiet = time_s - self.next_s > QUIET_S
        self.pause_s = FIRST_PAUSE_S if quiet else min(self.pause_s * 2, LONGEST_PAUSE_S)
        self.next_s = time_s + self.pause_s
        self.unanswered += 1
        return self.cause

    def answered(self) -> None:
        """Note a birth."""
        self.cause, self.unanswered = "", 0
