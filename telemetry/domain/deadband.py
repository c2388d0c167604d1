"""Report on change: of values that hardly move, keep what changed, and one at each heartbeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

DEFAULT_HEARTBEAT_S = 900.0


class Deadband(NamedTuple):
    """By how much a value must move to be kept, and after how long it is kept anyway."""

    width: float
    heartbeat_s: float


class Reported(Protocol):
    """What is looked at of a row."""

    @property
    def sensor_id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def value(self) -> float | None: ...
    @property
    def quality(self) -> int: ...
    @property
    def reason(self) -> str: ...


R = TypeVar("R", bound=Reported)


def report_changes(
    rows: Iterable[R], deadbands: Mapping[int, Deadband], memory: Mapping[int, tuple[R, R | None]]
) -> tuple[list[R], dict[int, tuple[R, R | None]]]:
    """Return the rows to keep and the memory after them; the memory given is left as it is.

    The memory holds by sensor the row last kept and the newest one left out since. A row is kept where its
    sensor has no deadband; where the value moved by more than it, or quality or reason changed; and at each
    heartbeat. Before a change the last row left out is kept too, so that a step stays a step.
    """
    kept: list[R] = []
    after = dict(memory)
    for row in rows:
        deadband = deadbands.get(row.sensor_id)
        if deadband is None:
            kept.append(row)
            continue
        last, left_out = after.get(row.sensor_id, (None, None))
        if last is None or row.at <= last.at:
            kept.append(row)
        elif _changed(row, last, deadband):
            kept += [left_out, row] if left_out is not None else [row]
        elif (row.at - last.at).total_seconds() >= deadband.heartbeat_s:
            kept.append(row)
        else:
            after[row.sensor_id] = (last, row)
            continue
        after[row.sensor_id] = (row, None)
    return kept, after


def _changed(row: Reported, last: Reported, deadband: Deadband) -> bool:
    if (row.quality, row.reason) != (last.quality, last.reason) or (row.value is None) != (
        last.value is None
    ):
        return True
    return row.value is not None and last.value is not None and abs(row.value - last.value) > deadband.width
