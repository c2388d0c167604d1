"""Quality of a value, after the OPC codes, and how old it may be before it is stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

STALE_AFTER_INTERVALS = 3


class Quality(IntEnum):
    """Say how far a value can be trusted; the numbers are those of OPC and Sparkplug."""

    BAD = 0
    UNCERTAIN = 64
    GOOD = 192
    STALE = 500


TRUSTED = frozenset({int(Quality.GOOD), int(Quality.UNCERTAIN)})
"""Qualities whose values say something about the world."""


def is_stale(*, at: datetime, now: datetime, expected_interval_s: float) -> bool:
    """Tell whether a value of device time `at` has missed several expected updates."""
    return now - at > timedelta(seconds=STALE_AFTER_INTERVALS * expected_interval_s)
