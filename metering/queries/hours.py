"""What a zone consumed hour by hour, straight from the registers that are close enough together to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gis.queries.memberships import memberships_overlapping
from metering.domain.consolidation import Fleet, consolidate
from metering.domain.registers import capacity, from_micro
from metering.models import Meter
from metering.models.readings import USABLE

FINE = 2 * 3600
"""A step of at most two hours places its volume well enough on an hour."""
AROUND = timedelta(hours=6)
_SQL = (Path(__file__).parent / "sql/registers_around.sql").read_text()

Figure = tuple[datetime, datetime, Decimal | None, float, float, int, int]
"""Start, end, value, coverage, estimated share, meters read, meters in all."""


def hourly_figures(zone_id: int, utility: str, cuts: Sequence[datetime]) -> list[Figure]:
    """Return the figures of a zone between edges an hour apart.

    A meter counts by the share of each hour in which it was in the zone.
    """
    meters, shares = _members(zone_id, utility, cuts)
    hours = len(cuts) - 1
    if not meters:
        return [(start, end, None, 0.0, 0.0, 0, 0) for start, end in pairwise(cuts)]
    stamps = np.array([int(cut.timestamp()) for cut in cuts], dtype=np.int64)
    figures = consolidate(_fleet(meters, hours), *_registers(meters, cuts), stamps, FINE)
    place = np.searchsorted(np.array([meter.pk for meter in meters]), figures.meter)
    share = shares[place, figures.period]
    volume = np.bincount(figures.period, figures.volume * share, hours)
    spread = np.bincount(figures.period, figures.volume * share * figures.estimated_share, hours)
    covered = np.bincount(figures.period, figures.coverage * share, hours)
    read = np.bincount(figures.period[share > 0], minlength=hours)
    present, weight = (shares > 0).sum(axis=0), shares.sum(axis=0)
    return [
        (
            cuts[hour],
            cuts[hour + 1],
            from_micro(round(volume[hour])).quantize(Decimal("0.001")) if read[hour] else None,
            round(float(covered[hour] / weight[hour]), 4) if weight[hour] else 0.0,
            round(float(spread[hour] / volume[hour]), 4) if volume[hour] else 0.0,
            int(read[hour]),
            int(present[hour]),
        )
        for hour in range(hours)
    ]


def _members(zone_id: int, utility: str, cuts: Sequence[datetime]) -> tuple[list[Meter], np.ndarray]:
    """Return the meters of a zone, ascending, and the share of each hour each of them was in it."""
    span = DateTimeTZRange(cuts[0], cuts[-1])
    valid: dict[int, list[Any]] = {}
    rows = memberships_overlapping(cuts[0], cuts[-1], [zone_id]).values_list("connection_point_id", "valid")
    for point, interval in rows:
        valid.setdefault(point, []).append(interval)
    known = Meter.objects.filter(utility=utility, installed__overlap=span, connection_point__in=valid)
    meters = list(known.order_by("pk"))
    shares = np.zeros((len(meters), len(cuts) - 1))
    stamps = np.array([cut.timestamp() for cut in cuts])
    for row, meter in enumerate(meters):
        for interval in valid[meter.connection_point_id]:
            shares[row] += _share(interval, cuts, stamps)
    return meters, shares


def _share(interval: Any, cuts: Sequence[datetime], stamps: np.ndarray) -> np.ndarray | float:
    """Return the share of each hour that lies in an interval."""
    lower, upper = interval.lower, interval.upper
    if (lower is None or lower <= cuts[0]) and (upper is None or upper >= cuts[-1]):
        return 1.0
    begins, ends = (lower.timestamp() if lower else -np.inf), (upper.timestamp() if upper else np.inf)
    overlap = np.minimum(ends, stamps[1:]) - np.maximum(begins, stamps[:-1])
    return np.asarray(np.clip(overlap, 0, None) / (stamps[1:] - stamps[:-1]))


def _fleet(meters: list[Meter], hours: int) -> Fleet:
    return Fleet(
        np.array([meter.pk for meter in meters], dtype=np.int64),
        np.array([capacity(meter.digits) for meter in meters], dtype=np.int64),
        [meter.multiplier for meter in meters],
        np.zeros(len(meters), dtype=np.int64),
        np.full(len(meters), hours - 1, dtype=np.int64),
    )


def _registers(meters: list[Meter], cuts: Sequence[datetime]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values: dict[str, Any] = {"meters": [meter.pk for meter in meters], "usable": USABLE}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values | {"start": cuts[0] - AROUND, "end": cuts[-1] + AROUND})
        rows = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]
