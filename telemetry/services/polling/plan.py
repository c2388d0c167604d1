"""Which device is asked for what, how often, and what its last answers were."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import structlog

from telemetry.domain.blocks import Block, Item, coalesce, split
from telemetry.domain.breaker import Breaker
from telemetry.domain.device_file import check_endpoint
from telemetry.domain.quality import Quality
from telemetry.domain.registers import decode
from telemetry.models import Device, Protocol, Sensor
from telemetry.ports import DeviceError, RegisterReader
from telemetry.queries.registry import KnownSensor, Registry, load_registry
from telemetry.services.readings import Row

log = structlog.get_logger(__name__)
FROM_ENVIRONMENT = "env:MODBUS_URL"


@dataclass(slots=True)
class PolledDevice:
    """Hold one device's blocks and health between its polls."""

    id: int
    code: str
    endpoint: str
    unit: int
    interval_s: float
    timeout_s: float
    sensors: dict[str, KnownSensor]
    blocks: list[Block]
    breaker: Breaker = field(default_factory=Breaker)
    silent: bool = False

    async def poll(self, reader: RegisterReader, *, now: datetime) -> list[Row]:
        """Read every block and return the values of instant `now`.

        A block that hits an illegal address is taken apart for good: the good part is kept, the value at
        fault is told bad once and not asked for again until the plan is made anew. A block that the device
        refuses for now, as one that is busy or whose part has failed, is bad; the others count.

        Raises:
            DeviceError: the device did not answer, or refused everything.
        """
        rows: list[Row] = []
        refused: list[tuple[Block, DeviceError]] = []
        waiting, kept = list(self.blocks), []
        while waiting:
            block = waiting.pop(0)
            try:
                words = await reader.read(unit=self.unit, block=block, timeout_s=self.timeout_s)
            except DeviceError as error:
                if error.permanent:
                    parts = split(block)
                    waiting = [*parts, *waiting]
                    rows += [] if parts else [self._bad(block.items[0].key, now, error.reason)]
                elif error.answered:
                    refused.append((block, error))
                else:
                    raise
                continue
            kept.append(block)
            rows += [self._row(item, block.words_of(item, words), now) for item in block.items]
        if refused and not kept:
            raise refused[0][1]
        self.blocks = [*kept, *(block for block, _ in refused)]
        rows += [self._bad(item.key, now, error.reason) for block, error in refused for item in block.items]
        return rows

    def all_bad(self, *, now: datetime, reason: str) -> list[Row]:
        """Return a bad value for every sensor: the device fell silent."""
        return [self._bad(item.key, now, reason) for block in self.blocks for item in block.items]

    def _row(self, item: Item, words: list[int], now: datetime) -> Row:
        sensor = self.sensors[item.key]
        value, quality, reason = decode(item.spec, words)
        if value is not None and not sensor.is_valid(value):
            return Row(sensor.id, now, now, None, *sensor.refused(value))
        return Row(sensor.id, now, now, None, value, int(quality), reason)

    def _bad(self, key: str, now: datetime, reason: str) -> Row:
        return Row(self.sensors[key].id, now, now, None, None, int(Quality.BAD), reason)


def load_plan(*, modbus_url: str) -> tuple[list[PolledDevice], Registry]:
    """Make the plan from the active Modbus devices; `env:MODBUS_URL` stands for `modbus_url`.

    A device whose address or registers are none is left out, and said: the others are asked all the same.
    """
    registry = load_registry(protocol=Protocol.MODBUS)
    sensors: dict[int, list[Sensor]] = {}
    wanted = Sensor.objects.filter(device__protocol=Protocol.MODBUS, active=True).exclude(register={})
    for sensor in wanted:
        sensors.setdefault(sensor.device_id, []).append(sensor)
    plan = []
    for device in Device.objects.filter(pk__in=sensors, active=True).order_by("code"):
        try:
            plan.append(_planned(device, sensors[device.pk], registry, modbus_url))
        except (KeyError, TypeError, ValueError) as error:
            log.error("poll.device_unusable", device=device.code, error=str(error)[:200])
    return plan, registry


def endpoint_of(device: Device, modbus_url: str) -> str:
    """Return where a device is reached; `env:MODBUS_URL` stands for `modbus_url`."""
    endpoint: str = device.modbus["endpoint"]
    return modbus_url if endpoint == FROM_ENVIRONMENT else endpoint


def _planned(device: Device, sensors: list[Sensor], registry: Registry, url: str) -> PolledDevice:
    settings = device.modbus
    items = [Item(sensor.field, sensor.register_spec) for sensor in sensors]
    return PolledDevice(
        id=device.pk,
        code=device.code,
        endpoint=check_endpoint(endpoint_of(device, url)),
        unit=settings.get("unit", 1),
        interval_s=settings.get("interval_s", 5.0),
        timeout_s=settings.get("timeout_s", 1.0),
        sensors=registry.devices[device.code].sensors,
        blocks=coalesce(items, max_gap=settings.get("max_gap", 8)),
    )
