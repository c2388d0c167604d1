"""Consumption of many meters per period, from their registers, all at once with numpy.

A register is a straight line between two readings. Each step between readings is cut at the edges of the
periods; the cuts are taken on the rounded cumulative volume, so the parts of a step add up to the step to the
last micro-unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metering.domain.registers import Reading, steps

Ints = npt.NDArray[np.int64]

FINE = 26 * 3600
"""A step of at most so many seconds (25 hours and slack) places its volume well enough on a local day."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What passed between readings: parallel arrays, in order of meter and time."""

    meter: Ints
    start: Ints
    end: Ints
    volume: Ints


@dataclass(frozen=True, slots=True)
class Parts:
    """Consumption by meter and period: parallel arrays, in order of meter and period.

    `period` is the index of the period's first edge; `seconds` how much of it lies between readings;
    `apportioned` the part of `volume` that was spread over several periods from a step too long to place it.
    """

    meter: Ints
    period: Ints
    volume: Ints
    seconds: Ints
    apportioned: Ints


def steps_of_many(meter: Ints, at: Ints, value: Ints, dial: Ints) -> Steps:
    """Return the steps of many meters; see `metering.domain.registers.steps` for the rules.

    Args:
        meter: the meter of each reading; readings are sorted by meter, then by time.
        at: seconds since 1970 UTC.
        value: register values in micro-units.
        dial: where the meter's register rolls over, in micro-units; 0 when it never does.
    """
    same = meter[1:] == meter[:-1]
    fell = same & (value[1:] < value[:-1])
    odd = np.unique(meter[1:][fell])
    plain = same & ~np.isin(meter[1:], odd)
    found = Steps(meter[1:][plain], at[:-1][plain], at[1:][plain], value[1:][plain] - value[:-1][plain])
    if not odd.size:
        return found
    rows = [found] + [_steps_of_one(int(one), meter, at, value, dial) for one in odd]
    joined = [
        np.concatenate([getattr(row, name) for row in rows]) for name in ("meter", "start", "end", "volume")
    ]
    order = np.lexsort((joined[1], joined[0]))
    return Steps(*(column[order] for column in joined))


def _steps_of_one(one: int, meter: Ints, at: Ints, value: Ints, dial: Ints) -> Steps:
    first, last = np.searchsorted(meter, one, "left"), np.searchsorted(meter, one, "right")
    readings = (Reading(int(at[row]), int(value[row])) for row in range(first, last))
    found = steps(readings, int(dial[first]))
    rows = [(one, step.start, step.end, step.volume) for step in found]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Steps(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3])


def apportion(found: Steps, edges: Ints, fine: int = FINE) -> Parts:
    """Cut steps at the edges of periods and add up the pieces by meter and period.

    Args:
        found: the steps, in order of meter and time.
        edges: seconds since 1970 UTC at which periods begin, and at which the last one ends; ascending.
            What lies outside is left out.
        fine: a step longer than this that spans several periods counts as apportioned.
    """
    inside = (found.end > edges[0]) & (found.start < edges[-1]) & (found.end > found.start)
    meter, start, end, volume = (
        column[inside] for column in (found.meter, found.start, found.end, found.volume)
    )
    last_period = len(edges) - 2
    first = np.clip(np.searchsorted(edges, start, "right") - 1, 0, last_period)
    last = np.clip(np.searchsorted(edges, end, "left") - 1, 0, last_period)
    count = last - first + 1
    step = np.repeat(np.arange(len(meter)), count)
    period = np.repeat(first - np.concatenate(([0], np.cumsum(count)[:-1])), count) + np.arange(len(step))
    left = np.maximum(start[step], edges[period])
    right = np.minimum(end[step], edges[period + 1])
    part = _cumulative(right, step, start, end, volume) - _cumulative(left, step, start, end, volume)
    coarse = ((end - start > fine) & (count > 1))[step]
    return _sum(meter[step], period, part, right - left, np.where(coarse, part, 0))


def _cumulative(at: Ints, step: Ints, start: Ints, end: Ints, volume: Ints) -> Ints:
    share = (at - start[step]) / (end - start)[step]
    return np.rint(volume[step] * share).astype(np.int64)


def _sum(meter: Ints, period: Ints, *columns: Ints) -> Parts:
    if not len(meter):
        return Parts(meter, period, *columns)
    order = np.lexsort((period, meter))
    meter, period = meter[order], period[order]
    begins = np.flatnonzero(np.concatenate(([True], (meter[1:] != meter[:-1]) | (period[1:] != period[:-1]))))
    return Parts(
        meter[begins], period[begins], *(np.add.reduceat(column[order], begins) for column in columns)
    )
