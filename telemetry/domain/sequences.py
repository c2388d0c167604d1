"""Follow the sequence numbers of a device: what is missing, what fills a gap, when numbering starts again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Span = tuple[int, int]
"""An inclusive range of sequence numbers."""

FIRST_ASK_AFTER = timedelta(seconds=1)
ASK_AGAIN_AFTER = tuple(timedelta(seconds=s) for s in (15, 60, 240, 960, 3600))
MAX_ASKS = len(ASK_AGAIN_AFTER) + 1
GIVEN_UP_AFTER = timedelta(minutes=15)
"""How long the last question is waited upon."""


@dataclass(slots=True)
class SequenceTracker:
    """Observe the numbers of one device in the order they arrive.

    `last_seq` is the highest number of the present numbering, `last_at` its device time. After a series of
    `observe` calls, `gaps` holds the new holes, `late` the lower numbers (they may fill older holes), and
    `restarted` whether the device began to count again.
    """

    last_seq: int | None = None
    last_at: datetime | None = None
    gaps: list[Span] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    restarted: bool = False

    def observe(self, seq: int, at: datetime | None) -> None:
        """Take one number with its device time (None when the item was unreadable but for its number)."""
        if self.last_seq is None:
            self._move(seq, at)
        elif seq > self.last_seq:
            if seq > self.last_seq + 1:
                self.gaps.append((self.last_seq + 1, seq - 1))
            self._move(seq, at)
        elif self._is_restart(seq, at):
            self._restart(seq, at)
        else:
            self.late.append(seq)

    def _is_restart(self, seq: int, at: datetime | None) -> bool:
        # A number seen before with a later device time: what was sent again keeps the time it had.
        return seq != self.last_seq and at is not None and self.last_at is not None and at > self.last_at

    def _restart(self, seq: int, at: datetime | None) -> None:
        self.restarted = True
        # Some count from 0, some from 1: neither start is a hole.
        self.gaps = [(0, seq - 1)] if seq > 1 else []
        self.late = []
        self._move(seq, at)

    def _move(self, seq: int, at: datetime | None) -> None:
        self.last_seq = seq
        if at is not None and (self.last_at is None or at > self.last_at or self.restarted):
            self.last_at = at


def subtract(missing: Iterable[Span], arrived: Iterable[int]) -> list[Span]:
    """Take the numbers that arrived out of the missing ranges."""
    left: list[Span] = [(first, last) for first, last in missing]
    for seq in sorted(set(arrived)):
        left = [part for span in left for part in _without(span, seq)]
    return left


def _without(span: Span, seq: int) -> list[Span]:
    first, last = span
    if not first <= seq <= last:
        return [span]
    return [part for part in ((first, seq - 1), (seq + 1, last)) if part[0] <= part[1]]


def next_ask(asks: int, now: datetime) -> datetime | None:
    """Return when to ask again after the `asks`-th question, or None when it has been asked often enough."""
    return now + ASK_AGAIN_AFTER[asks - 1] if 0 < asks < MAX_ASKS else None
