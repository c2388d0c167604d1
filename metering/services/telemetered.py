"""Take the registers that sensors tell into the meters they read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from metering.domain.registers import to_micro
from metering.domain.rows import Register
from metering.models import Meter, RegisterReading, RegisterWatermark, Source
from metering.models.readings import TOTAL, USABLE
from metering.services.storage import store_registers
from telemetry.queries.registers import SensorRegister, registers_between, registers_since

WATERMARK = "telemetry"
MARGIN = timedelta(minutes=15)
"""How far behind the watermark is read again: a transaction that commits late is not stepped over."""
SLOT = 15 * 60
"""One register is kept per meter and quarter of an hour: the first of each."""
BATCH = 100_000
AGES_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Slots = dict[tuple[int, int], Register]


@transaction.atomic
def take_registers(batch: int = BATCH) -> int:
    """Take what was received since the last time; return how many registers were read.

    The watermark follows the receive time, so that late and out-of-order readings are taken too. What was
    taken before is recognised, so that reading some of it again does no harm.
    """
    sensors = _sensors()
    mark, _ = RegisterWatermark.objects.select_for_update().get_or_create(
        source=WATERMARK, defaults={"received_at": AGES_AGO}
    )
    rows = registers_since(sensors, mark.received_at - MARGIN, batch)
    if not rows:
        return 0
    newest = rows[-1].received_at
    # A full batch may lie wholly within the margin: go on right behind it, or it would be read for ever.
    mark.received_at = newest + MARGIN - timedelta(microseconds=1) if len(rows) == batch else newest
    mark.save(update_fields=["received_at"])
    _store(rows, sensors)
    return len(rows)


@transaction.atomic
def take_registers_again(*, start: datetime, end: datetime) -> int:
    """Take the registers of an interval of device time, whenever they were received;

    return how many were new.
    """
    sensors = _sensors()
    return _store(registers_between(sensors, start, end), sensors)


def _sensors() -> dict[int, list[Meter]]:
    found: dict[int, list[Meter]] = {}
    for meter in Meter.objects.filter(sensor__isnull=False).only("sensor_id", "installed", "digits"):
        found.setdefault(meter.sensor_id or 0, []).append(meter)
    return found


def _store(rows: Iterable[SensorRegister], sensors: dict[int, list[Meter]]) -> int:
    found: Slots = {}
    for row in rows:
        meter = _meter_at(sensors[row.sensor_id], row.at)
        if meter is None or row.quality < USABLE or not 0 <= row.value < 10**meter.digits:
            continue
        at = int(row.at.timestamp())
        slot = (meter.pk, at // SLOT)
        if slot not in found or at < found[slot].at:
            found[slot] = Register(meter.pk, at, to_micro(Decimal(str(row.value))))
    fresh = _without_those_kept(found)
    return store_registers(fresh, source=Source.TELEMETRY).added if fresh else 0


def _meter_at(meters: list[Meter], at: datetime) -> Meter | None:
    return next((meter for meter in meters if at in meter.installed), None)


def _without_those_kept(found: Slots) -> list[Register]:
    """Leave out the registers of slots in which one as early is kept already."""
    if not found:
        return []
    slots = [slot for _, slot in found]
    kept = RegisterReading.objects.filter(
        meter_id__in={meter for meter, _ in found},
        register=TOTAL,
        at__gte=datetime.fromtimestamp(min(slots) * SLOT, UTC),
        at__lt=datetime.fromtimestamp((max(slots) + 1) * SLOT, UTC),
    ).values_list("meter_id", "at")
    earliest: dict[tuple[int, int], int] = {}
    for meter, at in kept.order_by("at"):
        second = int(at.timestamp())
        earliest.setdefault((meter, second // SLOT), second)
    return [one for slot, one in found.items() if slot not in earliest or one.at < earliest[slot]]
