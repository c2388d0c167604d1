"""What an alarm does, told minute by minute in the plainest way: the oracle of the property tests.

It knows nothing of the code under test: neither its state table nor its arithmetic of delays.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DAY_MIN = 24 * 60
NORMAL, ACTIVE, ACKNOWLEDGED = "normal", "active_unacknowledged", "active_acknowledged"
CLEARED, SHELVED, SUPPRESSED, OUT = "cleared_unacknowledged", "shelved", "suppressed", "out_of_service"
CALLING = (ACTIVE, ACKNOWLEDGED, CLEARED)
HELD_BY = {
    SHELVED: ("dispatcher", "supervisor"),
    SUPPRESSED: ("supervisor",),
    OUT: ("supervisor",),
}


@dataclass
class PlainLimit:
    """A low limit with deadband and delays in minutes, looked at every minute."""

    limit: float
    deadband: float
    on: int
    off: int
    minute: int = 0
    active: bool = False
    since: int | None = None

    def write_anew(self, limit: float, on: int, held: float | None) -> list[bool]:
        """Take new numbers; they are held against the newest value, and a delay begins anew."""
        turned = self._turn()
        self.limit, self.on, self.since = limit, on, None
        return turned + (self.hear(held) if held is not None else [])

    def pass_to(self, minute: int) -> list[bool]:
        """Let minutes pass; return how the condition turned."""
        turned = self._turn()
        while self.minute < minute:
            self.minute += 1
            turned += self._turn()
        return turned

    def hear(self, value: float) -> list[bool]:
        """Take a value at this minute."""
        turned = self._turn()
        speaks = value >= self.limit + self.deadband if self.active else value < self.limit
        if not speaks:
            self.since = None
        elif self.since is None:
            self.since = self.minute
        return turned + self._turn()

    def _turn(self) -> list[bool]:
        if self.since is None or self.minute - self.since < (self.off if self.active else self.on):
            return []
        self.active, self.since = not self.active, None
        return [self.active]


@dataclass
class PlainAlarm:
    """The state that an operator expects, and everything that led to it, as pairs of states."""

    state: str = NORMAL
    until: int | None = None
    is_planned: bool = False
    journal: list[tuple[str, str]] = field(default_factory=list)

    def follow(self, turned: list[bool], *, planned: bool = False) -> None:
        """Follow the condition; in planned work what rises calls nobody."""
        for active in turned:
            if active and self.state in (NORMAL, CLEARED):
                self._go(SUPPRESSED if planned else ACTIVE)
                self.is_planned = planned
            elif not active and self.state == ACTIVE:
                self._go(CLEARED)
            elif not active and self.state == ACKNOWLEDGED:
                self._go(NORMAL)

    def end_shelving(self, minute: int, *, active: bool) -> None:
        """Come back from a shelving that is over."""
        if self.state == SHELVED and self.until is not None and minute >= self.until:
            self._go(ACTIVE if active else NORMAL)

    def follow_work(self, *, planned: bool, active: bool) -> None:
        """Come back when planned work is over; fall silent when it begins."""
        if self.state == SUPPRESSED and self.is_planned and not planned:
            self._go(ACTIVE if active else NORMAL)
        elif self.state in CALLING and planned:
            self._go(SUPPRESSED)
            self.is_planned = True

    def ask(
        self,
        role: str,
        to: str,
        *,
        reason: str,
        until: int | None,
        minute: int,
        active: bool,
        planned: bool = False,
    ) -> bool:
        """Do what a person asks for, or refuse it; into planned work nothing is taken back to call."""
        if not self._may(role, to, reason, until, minute, active):
            return False
        if planned and (self.state == SUPPRESSED or (self.state in HELD_BY and active)):
            return False
        self._go(to)
        self.until = until if to == SHELVED else None
        self.is_planned = False
        return True

    def _may(self, role: str, to: str, reason: str, until: int | None, minute: int, active: bool) -> bool:
        if self.state in HELD_BY:
            return role in HELD_BY[self.state] and to == (ACTIVE if active else NORMAL)
        if to in HELD_BY:
            bounded = to != SHELVED or (until is not None and minute < until <= minute + DAY_MIN)
            return role in HELD_BY[to] and bool(reason) and bounded
        answers = {ACTIVE: ACKNOWLEDGED, CLEARED: NORMAL}
        return role in HELD_BY[SHELVED] and answers.get(self.state) == to

    def _go(self, to: str) -> None:
        self.journal.append((self.state, to))
        self.state = to
