"""What was found wrong with the rows of a file: counted whole, told for the first of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from gis.domain.rows import Reason, RowError

MOST_TOLD = 1000


@dataclass(slots=True)
class Refusals:
    """Refused or doubtful rows: how many by reason, and the first `MOST_TOLD` of them by name."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[RowError] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.counts)

    def __iadd__(self, found: Iterable[RowError]) -> Refusals:
        for error in found:
            self.note(error.reason, 1, [error])
        return self

    def note(self, reason: Reason, times: int, examples: Iterable[RowError]) -> None:
        """Count `times` rows, and tell those of the `examples` for which there is room."""
        if times:
            self.counts[reason.value] += times
            room = MOST_TOLD - len(self.told)
            self.told += [example for example, _ in zip(examples, range(max(room, 0)), strict=False)]
