"""From registers to the consumption of local days: a function over a partition of meters and days."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from metering.domain.apportion import FINE, Ints, Steps, apportion, steps_of_many


@dataclass(frozen=True, slots=True)
class Fleet:
    """The meters of a partition, ascending: parallel arrays.

    `dial` is where a register rolls over (micro-units); `multiplier` turns the dial into stored units;
    `first` and `last` are the indexes of the periods wanted, both included.
    """

    meter: Ints
    dial: Ints
    multiplier: list[Decimal]
    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True)
class Figures:
    """Consumption by meter and period:

    micro-units, share of the period covered, share of the volume spread.
    """

    meter: Ints
    period: Ints
    volume: Ints
    coverage: npt.NDArray[np.float64]
    estimated_share: npt.NDArray[np.float64]


def consolidate(fleet: Fleet, meter: Ints, at: Ints, value: Ints, edges: Ints, fine: int = FINE) -> Figures:
    """Return what the meters of a partition consumed in the periods wanted of each.

    Args:
        fleet: the meters, ascending.
        meter: the meter of each register; registers are sorted by meter and time, and reach one register
        beyond
            the periods wanted on either side where there is one.
        at: seconds since 1970 UTC.
        value: micro-units.
        edges: where periods begin and the last one ends, ascending, in seconds since 1970 UTC.
        fine: see `apportion`.
    """
    place = np.searchsorted(fleet.meter, meter)
    found = _multiplied(steps_of_many(meter, at, value, fleet.dial[place]), fleet)
    parts = apportion(found, edges, fine)
    mine = np.searchsorted(fleet.meter, parts.meter)
    wanted = (parts.period >= fleet.first[mine]) & (parts.period <= fleet.last[mine])
    period, volume, apportioned = parts.period[wanted], parts.volume[wanted], parts.apportioned[wanted]
    length = (edges[1:] - edges[:-1])[period]
    share = np.divide(apportioned, volume, out=np.zeros(len(volume)), where=volume > 0)
    return Figures(parts.meter[wanted], period, volume, parts.seconds[wanted] / length, share)


def _multiplied(found: Steps, fleet: Fleet) -> Steps:
    factors = np.array([float(one) for one in fleet.multiplier])
    if (factors == 1).all():
        return found
    factor = factors[np.searchsorted(fleet.meter, found.meter)]
    return Steps(found.meter, found.start, found.end, np.rint(found.volume * factor).astype(np.int64))
