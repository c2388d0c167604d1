"""A device is online, late, stale or was never heard, by its own interval; charge and signal have bounds."""

from __future__ import annotations

import pytest

from telemetry.domain.device_health import LOW_BATTERY, WEAK_SIGNAL, is_low, state_of


@pytest.mark.parametrize(
    ("age_s", "interval_s", "state"),
    [
        (90, 60, "online"),
        (91, 60, "late"),
        (180, 60, "late"),
        (181, 60, "stale"),
        (10, 1, "online"),
        (15, 1, "late"),
        (21, 1, "stale"),
        (1200, 900, "online"),
        (None, 60, "never"),
    ],
)
def test_the_state_of_a_device_follows_its_silence_and_its_own_interval(
    age_s: float | None, interval_s: float, state: str
) -> None:
    assert state_of(age_s=age_s, interval_s=interval_s) == state


def test_a_charge_is_low_by_its_share_and_never_by_a_voltage_alone() -> None:
    assert is_low(20, "%", LOW_BATTERY)
    assert not is_low(21, "%", LOW_BATTERY)
    assert not is_low(1.1, "V", LOW_BATTERY)
    assert is_low(-113, "dBm", WEAK_SIGNAL)
    assert not is_low(None, "%", LOW_BATTERY)
