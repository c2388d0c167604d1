"""A host of the tests: it takes messages in, lets time pass, and remembers what followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telemetry.domain.sparkplug import Born, Data, Died, Outcome, RebirthWanted, Refused, Sessions
from telemetry.domain.sparkplug.outcomes import Value

T0 = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


class Host:
    """A host application whose clock the test moves, in seconds after T0."""

    def __init__(self, reorder_s: float = 2.0) -> None:
        self.sessions = Sessions(reorder_s=reorder_s)
        self.time_s = 0.0
        self.outcomes: list[Outcome] = []

    def hear(self, message: tuple[str, bytes], *, after_s: float = 0.0) -> list[Outcome]:
        self.time_s += after_s
        topic, raw = message
        done = self.sessions.receive(topic, raw, received_at=at(self.time_s), time_s=self.time_s)
        self.outcomes += done
        return done

    def wait(self, seconds: float) -> list[Outcome]:
        self.time_s += seconds
        done = self.sessions.tick(now=at(self.time_s), time_s=self.time_s)
        self.outcomes += done
        return done

    def values(self) -> list[Value]:
        """Return every value that births and data gave."""
        return [value for done in self.outcomes if isinstance(done, Born | Data) for value in done.values]

    def told(self) -> dict[str, list[float | None]]:
        """Return the values by metric, in the order told."""
        found: dict[str, list[float | None]] = {}
        for value in self.values():
            found.setdefault(value.name, []).append(value.value)
        return found

    def asked(self) -> list[str]:
        return [done.reason for done in self.outcomes if isinstance(done, RebirthWanted)]

    def deaths(self) -> list[Died]:
        return [done for done in self.outcomes if isinstance(done, Died)]

    def refused(self) -> list[str]:
        return [done.fault.reason for done in self.outcomes if isinstance(done, Refused)]
