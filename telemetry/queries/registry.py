"""What the ingesters know by heart: devices, their sensors, and which of them have alarm rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from telemetry.models import AlarmRule, Device, DeviceFamily, Sensor


@dataclass(slots=True)
class KnownSensor:
    """Hold what turns a raw value of one sensor into a stored one."""

    id: int
    key: str
    scale: float
    offset: float
    valid_min: float | None
    valid_max: float | None

    def convert(self, raw: float) -> float:
        """Return the value in the sensor's unit."""
        return raw * self.scale + self.offset

    def is_valid(self, value: float) -> bool:
        """Tell whether a value lies within the range the sensor can measure."""
        return (self.valid_min is None or value >= self.valid_min) and (
            self.valid_max is None or value <= self.valid_max
        )


@dataclass(slots=True)
class KnownDevice:
    """Hold one device with its sensors by the field their value comes under."""

    id: int
    code: str
    family: str = ""
    sensors: dict[str, KnownSensor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DrivenLink:
    """Name the link whose state a sensor tells, and what its values mean."""

    link_id: int
    states: dict[float, str]


@dataclass(slots=True)
class Registry:
    """Hold the devices of one protocol, as they were when loaded."""

    devices: dict[str, KnownDevice]
    ruled: frozenset[int]
    driven: dict[int, DrivenLink]
    families: dict[str, DeviceFamily] = field(default_factory=dict)
    last_states: dict[int, str] = field(default_factory=dict)


def load_registry(*, protocol: str) -> Registry:
    """Load the active devices of a protocol with their active sensors."""
    devices = {
        device.code: KnownDevice(device.pk, device.code, device.family)
        for device in Device.objects.filter(protocol=protocol, active=True).only("pk", "code", "family")
    }
    driven: dict[int, DrivenLink] = {}
    sensors = Sensor.objects.filter(device__protocol=protocol, device__active=True, active=True)
    for sensor in sensors.select_related("device").only(
        "key", "field", "scale", "offset", "valid_min", "valid_max", "states", "link_id", "device__code"
    ):
        known = KnownSensor(
            sensor.pk, sensor.key, sensor.scale, sensor.offset, sensor.valid_min, sensor.valid_max
        )
        devices[sensor.device.code].sensors[sensor.field] = known
        if sensor.states and sensor.link_id:
            states = {float(value): state for value, state in sensor.states.items()}
            driven[sensor.pk] = DrivenLink(sensor.link_id, states)
    ruled = AlarmRule.objects.filter(active=True).values_list("sensor_id", flat=True)
    families = {family.code: family for family in DeviceFamily.objects.filter(protocol=protocol)}
    return Registry(devices, frozenset(ruled), driven, families)
