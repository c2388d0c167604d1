"""Take an edge node that was heard into the registry, with the metrics chosen as its sensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError as Invalid
from django.db import transaction
from django.utils.translation import gettext as _

from backend.core.errors import InvalidInput
from backend.core.models import User
from telemetry.domain.sparkplug.values import NUMBERS
from telemetry.models import Device, Protocol, Sensor, SparkplugEdge
from telemetry.services.notices import tell_devices_changed

EXPECTED_S = 3600.0


@dataclass(frozen=True, slots=True)
class NewSensor:
    """Say which metric becomes a sensor, and what it measures."""

    metric: str
    key: str
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class NewDevice:
    """Say under which code an edge node or device is taken in, and where it lies (EPSG:4326)."""

    code: str
    name: str = ""
    lon_lat: tuple[float, float] | None = None
    sensors: Sequence[NewSensor] = ()


@transaction.atomic
def adopt_edge(*, path: str, wanted: NewDevice) -> Device:
    """Create the device and its sensors, and tell the host, which asks for the values at once.

    Raises:
        InvalidInput: a code is taken or is none, a metric was never told or holds no number, or nothing
            was chosen.
    """
    edge = SparkplugEdge.objects.select_for_update().get(path=path)
    if Device.objects.filter(edge=path).exists():
        raise InvalidInput(_("This edge node belongs to a device already."))
    if not wanted.sensors:
        raise InvalidInput(_("Choose at least one metric."))
    if len({chosen.key for chosen in wanted.sensors}) < len(wanted.sensors):
        raise InvalidInput(_("Two metrics have the same key."))
    device = Device(code=wanted.code, name=wanted.name, protocol=Protocol.SPARKPLUG, edge=path)
    device.geom = Point(*wanted.lon_lat, srid=4326) if wanted.lon_lat else None
    told = dict(edge.metrics.values_list("name", "datatype"))
    try:
        device.full_clean()
        device.save()
        for chosen in wanted.sensors:
            _sensor(device, chosen, told)
    except Invalid as error:
        raise InvalidInput(" ".join(error.messages)) from error
    if edge.declined_at:
        edge.declined_at = edge.declined_by = None
        edge.save(update_fields=["declined_at", "declined_by"])
    tell_devices_changed()
    return device


def _sensor(device: Device, chosen: NewSensor, told: dict[str, int]) -> None:
    if told.get(chosen.metric) not in NUMBERS:
        raise InvalidInput(_("%(metric)s holds no number.") % {"metric": chosen.metric})
    sensor = Sensor(
        device=device,
        key=chosen.key,
        code=f"{device.code}.{chosen.key}",
        quantity=chosen.quantity,
        unit=chosen.unit,
        field=chosen.metric,
        expected_interval_s=EXPECTED_S,
        geom=device.geom,
    )
    sensor.full_clean(exclude=["device", "node", "link", "connection_point"])
    sensor.save()


@transaction.atomic
def decline_edge(*, path: str, actor: User, now: datetime) -> SparkplugEdge:
    """Set an edge node aside: it stays heard and is no longer offered. A second call offers it again."""
    edge = SparkplugEdge.objects.select_for_update().get(path=path)
    edge.declined_at, edge.declined_by = (None, None) if edge.declined_at else (now, actor)
    edge.save(update_fields=["declined_at", "declined_by"])
    return edge
