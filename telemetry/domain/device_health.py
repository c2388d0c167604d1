"""How a device stands: whether it is heard as often as it should be, and how low battery and signal are."""

from __future__ import annotations

from typing import Final

ONLINE: Final = "online"
LATE: Final = "late"
STALE: Final = "stale"
NEVER: Final = "never"
STATES: Final = (STALE, NEVER, LATE, ONLINE)
"""The states a device may be in, worst first."""

LATE_AFTER_INTERVALS = 1.5
STALE_AFTER_INTERVALS = 3.0
LEAST_LATE_S = 10.0
LEAST_STALE_S = 20.0
"""A device that is polled every second is not late for a hiccup of the network."""
DEFAULT_INTERVAL_S = 60.0
"""Of a device without sensors."""

LOW_BATTERY = {"%": 20.0, "1": 0.2}
"""A charge below which a battery is low, by unit; a voltage alone tells no charge."""
WEAK_SIGNAL = {"dBm": -110.0, "%": 20.0, "1": 0.2}
"""A level at or below which a signal is weak, by unit."""


def late_after_s(interval_s: float) -> float:
    """Return the silence, in seconds, after which a device heard every `interval_s` is late."""
    return max(LATE_AFTER_INTERVALS * interval_s, LEAST_LATE_S)


def stale_after_s(interval_s: float) -> float:
    """Return the silence, in seconds, after which a device heard every `interval_s` is stale."""
    return max(STALE_AFTER_INTERVALS * interval_s, LEAST_STALE_S)


def state_of(*, age_s: float | None, interval_s: float) -> str:
    """Return the state of a device last heard `age_s` ago; None is never."""
    if age_s is None:
        return NEVER
    if age_s > stale_after_s(interval_s):
        return STALE
    return LATE if age_s > late_after_s(interval_s) else ONLINE


def is_low(value: float | None, unit: str, bounds: dict[str, float]) -> bool:
    """Tell whether a charge or a level is at or below its bound; of a unit without one it never is."""
    bound = bounds.get(unit)
    return value is not None and bound is not None and value <= bound
