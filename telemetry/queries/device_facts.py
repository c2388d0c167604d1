"""What is known of the health of a few devices: charge, signal, clock, gaps, throughput, the last error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import Q

from telemetry.domain import device_health as domain
from telemetry.models import Device, Protocol, Sensor
from telemetry.sql import statement

HOURS = 24
MOST_LETTERS = 1000
"""Letters counted of one device; a device that sends rubbish has no end of them."""
_CHARGE, _SIGNAL = r"^(battery|batt|vbat)", r"^(signal|rssi|rsrp|snr)"


@dataclass(frozen=True, slots=True)
class Level:
    """The charge of a battery or the level of a signal, as a device last told."""

    sensor: str
    value: float
    unit: str
    at: datetime
    low: bool


@dataclass(frozen=True, slots=True)
class LastError:
    """What last went wrong: a message that could not be read, a question without answer, a value refused."""

    what: Literal["letter", "device", "value"]
    reason: str
    detail: str
    at: datetime
    letter: int | None = None


@dataclass(slots=True)
class Throughput:
    """Readings stored in each of the last 24 hours, oldest first, the last one begun; `expected` in all.

    What report on change leaves out is not stored: then nothing is expected.
    """

    hours: list[int] = field(default_factory=lambda: [0] * HOURS)
    starts: list[datetime] = field(default_factory=list)
    day: int = 0
    refused: int = 0
    expected: int | None = None

    @property
    def last_hour(self) -> int:
        """Return how many readings the last full hour brought."""
        return self.hours[-2]


@dataclass(slots=True)
class DeviceFacts:
    """How one device of `with_health` stands. `letters` counts to a thousand."""

    device: Any
    age_s: float | None
    late_after_s: float
    stale_after_s: float
    battery: Level | None = None
    signal: Level | None = None
    open_gaps: int = 0
    asks: int = 0
    missing_since: datetime | None = None
    held: int = 0
    letters: int = 0
    last_error: LastError | None = None
    throughput: Throughput = field(default_factory=Throughput)

    @property
    def problems(self) -> list[str]:
        """Name what is wrong besides its state, as `device_health.PROBLEMS` does."""
        device = self.device
        silent = device.last_error and (not device.last_seen_at or device.last_error_at > device.last_seen_at)
        told = {
            "clock": bool(device.clock_quarantined_at or self.held),
            "gaps": self.open_gaps > 0,
            "letters": self.letters > 0,
            "silent": bool(silent),
            "battery": bool(self.battery and self.battery.low),
        }
        return [name for name, is_so in told.items() if is_so]


def facts_of(devices: Sequence[Any], *, now: datetime) -> list[DeviceFacts]:
    """Return the facts of devices of `with_health`, in their order: four questions for a page of them."""
    found = {device.pk: _bare(device, now) for device in devices}
    if found:
        _add_levels(found)
        _add_troubles(found)
        _add_throughput(found, now)
    return list(found.values())


def _bare(device: Any, now: datetime) -> DeviceFacts:
    seen = device.last_seen_at
    return DeviceFacts(
        device=device,
        age_s=max((now - seen).total_seconds(), 0.0) if seen else None,
        late_after_s=domain.late_after_s(device.heard_every_s),
        stale_after_s=domain.stale_after_s(device.heard_every_s),
    )


def _add_levels(found: dict[int, DeviceFacts]) -> None:
    """Lay what devices say of themselves: sensors of these quantities, or named so by their family."""
    named = Q(quantity__in=("battery", "signal")) | Q(key__iregex=_CHARGE) | Q(key__iregex=_SIGNAL)
    sensors: Iterable[Any] = Sensor.objects.filter(
        named, device_id__in=found, active=True, latest__value__isnull=False
    ).select_related("latest")
    # The first of a kind stays: a share of the charge tells more than a voltage.
    telling = domain.LOW_BATTERY | domain.WEAK_SIGNAL
    for sensor in sorted(sensors, key=lambda one: (one.unit not in telling, one.pk)):
        facts, latest = found[sensor.device_id], sensor.latest
        is_battery = sensor.quantity == "battery" or sensor.key.lower().startswith(("batt", "vbat"))
        bounds = domain.LOW_BATTERY if is_battery else domain.WEAK_SIGNAL
        low = domain.is_low(latest.value, sensor.unit, bounds)
        level = Level(sensor.code, latest.value, sensor.unit, latest.at, low)
        if is_battery:
            facts.battery = facts.battery or level
        else:
            facts.signal = facts.signal or level


def _add_troubles(found: dict[int, DeviceFacts]) -> None:
    asked: dict[str, Any] = {"devices": list(found), "most": MOST_LETTERS}
    with connection.cursor() as cursor:
        cursor.execute(statement("queries/device_facts"), asked)
        for pk, gaps, asks, since, held, waiting, *errors in cursor.fetchall():
            facts = found[pk]
            facts.open_gaps, facts.asks, facts.missing_since = gaps, asks or 0, since
            facts.held, facts.letters = held, waiting
            facts.last_error = _last_error(facts.device, errors)


def _last_error(device: Device, row: Sequence[Any]) -> LastError | None:
    letter, reason, detail, received_at, sensor, why, refused_at = row
    errors = []
    if letter:
        errors.append(LastError("letter", reason, detail, received_at, letter))
    if why:
        errors.append(LastError("value", why, sensor, refused_at))
    if device.last_error and device.last_error_at:
        errors.append(LastError("device", device.last_error, "", device.last_error_at))
    return max(errors, key=lambda error: error.at, default=None)


def _add_throughput(found: dict[int, DeviceFacts], now: datetime) -> None:
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    starts = [this_hour - timedelta(hours=back) for back in range(HOURS - 1, -1, -1)]
    places = {start: place for place, start in enumerate(starts)}
    with connection.cursor() as cursor:
        cursor.execute(statement("queries/device_throughput"), {"devices": list(found), "start": starts[0]})
        for pk, start, count, refused in cursor.fetchall():
            flow = found[pk].throughput
            if start in places:
                flow.hours[places[start]] = int(count)
                flow.day += int(count)
                flow.refused += int(refused)
    expected = _expected(found, (now - starts[0]).total_seconds())
    for pk, facts in found.items():
        facts.throughput.starts, facts.throughput.expected = starts, expected.get(pk)


def _expected(found: dict[int, DeviceFacts], window_s: float) -> dict[int, int]:
    """Return how many readings a window should bring of devices that tell every value."""
    sums: dict[int, float] = defaultdict(float)
    on_change = {pk for pk, facts in found.items() if facts.device.protocol == Protocol.SPARKPLUG}
    sensors = Sensor.objects.filter(device_id__in=found, active=True)
    for pk, interval_s, deadband in sensors.values_list("device_id", "expected_interval_s", "deadband"):
        sums[pk] += window_s / interval_s
        if deadband is not None:
            on_change.add(pk)
    return {pk: round(total) for pk, total in sums.items() if pk not in on_change}
