"""What the ingesters know by heart: devices, their sensors, and which of them have alarm rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from telemetry.domain.deadband import DEFAULT_HEARTBEAT_S, Deadband
from telemetry.domain.mappings import OWN_TOPIC, MappingSpec, MessageMapping, Place
from telemetry.domain.quality import Quality
from telemetry.models import Device, DeviceFamily, Sensor
from telemetry.queries.alarm_rules import Ruled, load_ruled

log = structlog.get_logger(__name__)
MAX_ROUTES = 50_000
LARGEST = 1e30
"""No measure is larger. What is (a float64 in the wrong order) overflows a sum, and roll-ups stand still."""


@dataclass(slots=True)
class KnownSensor:
    """Hold what turns a raw value of one sensor into a stored one."""

    id: int
    key: str
    scale: float
    offset: float
    valid_min: float | None
    valid_max: float | None
    unit: str = ""
    low: float = field(init=False)
    high: float = field(init=False)

    def __post_init__(self) -> None:
        self.low = -LARGEST if self.valid_min is None else max(self.valid_min, -LARGEST)
        self.high = LARGEST if self.valid_max is None else min(self.valid_max, LARGEST)

    def convert(self, raw: float) -> float:
        """Return the value in the sensor's unit."""
        return raw * self.scale + self.offset

    def is_valid(self, value: float) -> bool:
        """Tell whether a value lies within the range the sensor can measure."""
        return self.low <= value <= self.high

    @staticmethod
    def refused(value: float) -> tuple[float | None, int, str]:
        """Return value, quality and reason of what is not valid; the number is kept where it can be one."""
        if abs(value) <= LARGEST:
            return value, int(Quality.BAD), "out_of_range"
        return None, int(Quality.BAD), "too_large"


@dataclass(slots=True)
class KnownDevice:
    """Hold one device with its sensors by the field their value comes under."""

    id: int
    code: str
    family: str = ""
    sensors: dict[str, KnownSensor] = field(default_factory=dict)
    slowest_s: float = 60.0
    """The longest expected interval of its sensors."""
    mapping: MessageMapping | None = None
    """How messages on its own topic `telemetry/{device}` are read; None: as the platform's own format."""
    turned_off: set[str] = field(default_factory=set)
    """Fields of sensors that nobody listens to any more."""

    def units(self) -> dict[str, str]:
        """Return the units of its sensors, by the field their value comes under."""
        return {field: sensor.unit for field, sensor in self.sensors.items()}


@dataclass(frozen=True, slots=True)
class DrivenLink:
    """Name the link whose state a sensor tells, and what its values mean."""

    link_id: int
    states: dict[float, str]


class Route(NamedTuple):
    """Say which family's mapping reads a topic, and what the topic says."""

    family: str
    mapping: MessageMapping
    place: Place


@dataclass(slots=True)
class Registry:
    """Hold the devices of one protocol, as they were when loaded."""

    devices: dict[str, KnownDevice]
    ruled: Ruled
    driven: dict[int, DrivenLink]
    quarantined: frozenset[int] = frozenset()
    """Devices whose clock was off when last looked at."""
    turned_off: frozenset[str] = frozenset()
    """Codes of devices that nobody listens to any more."""
    families: dict[str, DeviceFamily] = field(default_factory=dict)
    last_states: dict[int, str] = field(default_factory=dict)
    mappings: dict[str, MessageMapping] = field(default_factory=dict)
    _routes: dict[str, Route | None] = field(default_factory=dict)

    @property
    def subscriptions(self) -> frozenset[str]:
        """Return the topic filters of the families."""
        return frozenset(mapping.topic.subscription for mapping in self.mappings.values())

    def route(self, topic: str) -> Route | None:
        """Return who reads a topic: the family of the device it names, else the first whose pattern fits."""
        if topic in self._routes:
            return self._routes[topic]
        fitting = [
            Route(code, mapping, place)
            for code, mapping in self.mappings.items()
            if (place := mapping.topic.place(topic)) is not None
        ]
        found = next((one for one in fitting if self._is_of(one)), fitting[0] if fitting else None)
        if len(self._routes) < MAX_ROUTES:
            self._routes[topic] = found
        return found

    def _is_of(self, route: Route) -> bool:
        device = self.devices.get(route.place.device or "")
        return device is not None and device.family == route.family


def load_mappings(families: Iterable[DeviceFamily]) -> dict[str, MessageMapping]:
    """Compile the mappings of families; one that cannot be used any more is left out, and said."""
    found = {}
    for family in families:
        try:
            if family.mapping:
                found[family.code] = MessageMapping.of(MappingSpec.model_validate(family.mapping))
        except ValueError as error:
            log.error("telemetry.mapping_unusable", family=family.code, error=str(error)[:300])
    return found


def load_registry(*, protocol: str) -> Registry:
    """Load the active devices of a protocol with their active sensors."""
    rows = Device.objects.filter(protocol=protocol, active=True)
    rows = rows.only("pk", "code", "family", "clock_quarantined_at")
    devices = {device.code: KnownDevice(device.pk, device.code, device.family) for device in rows}
    driven: dict[int, DrivenLink] = {}
    sensors = Sensor.objects.filter(device__protocol=protocol, device__active=True, active=True)
    for sensor in sensors.select_related("device").only(
        "key",
        "field",
        "scale",
        "offset",
        "valid_min",
        "valid_max",
        "unit",
        "states",
        "link_id",
        "expected_interval_s",
        "device__code",
    ):
        known = KnownSensor(
            sensor.pk,
            sensor.key,
            sensor.scale,
            sensor.offset,
            sensor.valid_min,
            sensor.valid_max,
            sensor.unit,
        )
        device = devices[sensor.device.code]
        device.sensors[sensor.field] = known
        device.slowest_s = max(device.slowest_s, sensor.expected_interval_s)
        if sensor.states and sensor.link_id:
            states = {float(value): state for value, state in sensor.states.items()}
            driven[sensor.pk] = DrivenLink(sensor.link_id, states)
    silent = Sensor.objects.filter(device__protocol=protocol, device__active=True, active=False)
    for code, name in silent.values_list("device__code", "field"):
        devices[code].turned_off.add(name)
    off = frozenset(Device.objects.filter(protocol=protocol, active=False).values_list("code", flat=True))
    families = {family.code: family for family in DeviceFamily.objects.filter(protocol=protocol)}
    mappings = load_mappings(families.values())
    for device in devices.values():
        mapping = mappings.get(device.family)
        device.mapping = mapping if mapping and mapping.topic.text == OWN_TOPIC else None
    quarantined = frozenset(row.pk for row in rows if row.clock_quarantined_at)
    return Registry(devices, load_ruled(), driven, quarantined, off, families, mappings=mappings)


def load_deadbands() -> dict[int, Deadband]:
    """Return the sensors that report on change, with by how much and how often at least."""
    sensors = Sensor.objects.filter(deadband__isnull=False, cumulative=False)
    rows = sensors.values_list("pk", "deadband", "heartbeat_s")
    return {pk: Deadband(width or 0.0, heartbeat_s or DEFAULT_HEARTBEAT_S) for pk, width, heartbeat_s in rows}
