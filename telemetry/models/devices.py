"""What measures, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.gis.db import models
from django.core.validators import MinValueValidator, RegexValidator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from backend.core.models.transitions import Versioned
from telemetry.models.scoping import Scoped

if TYPE_CHECKING:
    from telemetry.domain.registers import RegisterSpec

DEVICE_CODE = RegexValidator(
    r"\A[A-Za-z0-9_-]{1,64}\Z", _("Letters, digits, hyphens and underscores, 64 at most.")
)


class Protocol(models.TextChoices):
    """How a device is heard."""

    MQTT = "mqtt", _("MQTT")
    MODBUS = "modbus", _("Modbus TCP")
    SPARKPLUG = "sparkplug", _("Sparkplug B")


class Quantity(models.TextChoices):
    """What a sensor measures."""

    PRESSURE = "pressure", pgettext_lazy("quantity", "Pressure")
    FLOW = "flow", pgettext_lazy("quantity", "Flow")
    LEVEL = "level", pgettext_lazy("quantity", "Level")
    VOLUME = "volume", pgettext_lazy("quantity", "Volume")
    ENERGY = "energy", pgettext_lazy("quantity", "Energy")
    POWER = "power", pgettext_lazy("quantity", "Power")
    VOLTAGE = "voltage", pgettext_lazy("quantity", "Voltage")
    CURRENT = "current", pgettext_lazy("quantity", "Current")
    STATE = "state", pgettext_lazy("quantity", "State")
    TEMPERATURE = "temperature", pgettext_lazy("quantity", "Temperature")
    BATTERY = "battery", pgettext_lazy("quantity", "Battery")
    SIGNAL = "signal", pgettext_lazy("quantity", "Signal")
    OTHER = "other", pgettext_lazy("quantity", "Other")


class Placed(models.Model):
    """Something that sits on a network element or at a point of its own (EPSG:4326)."""

    node = models.ForeignKey("gis.Node", models.SET_NULL, null=True, blank=True, related_name="+")
    link = models.ForeignKey("gis.Link", models.SET_NULL, null=True, blank=True, related_name="+")
    connection_point = models.ForeignKey(
        "gis.ConnectionPoint", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    geom = models.PointField(srid=4326, null=True, blank=True)

    class Meta:
        abstract = True


class Device(Placed, Versioned):
    """A logger, meter or station that sends or answers under one identity."""

    code = models.CharField(max_length=64, unique=True, validators=[DEVICE_CODE])
    name = models.CharField(max_length=200, blank=True)
    protocol = models.CharField(max_length=10, choices=Protocol)
    family = models.CharField(max_length=64, blank=True)
    modbus = models.JSONField(default=dict, blank=True)
    edge = models.CharField(
        max_length=320,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where the device stands in Sparkplug: group/edge node or group/edge node/device."),
    )
    active = models.BooleanField(default=True)
    heard_every_s = models.FloatField(
        default=60,
        db_default=60,
        editable=False,
        help_text=_("How often it should be heard, seconds: the database reads it from the sensors."),
    )
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_seq = models.BigIntegerField(null=True, blank=True)
    last_seq_at = models.DateTimeField(null=True, blank=True)
    clock_skew_s = models.FloatField(
        null=True, blank=True, help_text=_("Device time minus time of receipt, seconds.")
    )
    clock_quarantined_at = models.DateTimeField(null=True, blank=True)
    clock_reason = models.CharField(max_length=32, blank=True)
    duplicates = models.BigIntegerField(default=0)
    conflicts = models.BigIntegerField(default=0)
    out_of_order = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)

    objects = Scoped.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["edge"], name="telemetry_device_edge_once", condition=~models.Q(edge="")
            )
        ]

    def __str__(self) -> str:
        return self.code


class Sensor(Placed):
    """One measured quantity of a device, under the code `{device}.{key}`."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="sensors")
    key = models.CharField(max_length=64)
    code = models.CharField(max_length=130, unique=True)
    quantity = models.CharField(max_length=16, choices=Quantity)
    unit = models.CharField(max_length=16)
    name_fr = models.CharField(max_length=120, blank=True)
    name_ar = models.CharField(max_length=120, blank=True)
    expected_interval_s = models.FloatField(default=60)
    cumulative = models.BooleanField(default=False)
    field = models.CharField(max_length=250, help_text=_("Key of the value in the device's payload."))
    scale = models.FloatField(default=1)
    offset = models.FloatField(default=0)
    valid_min = models.FloatField(null=True, blank=True)
    valid_max = models.FloatField(null=True, blank=True)
    register = models.JSONField(default=dict, blank=True)
    states = models.JSONField(default=dict, blank=True)
    deadband = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Of a polled value: smaller changes are not kept in the history."),
    )
    heartbeat_s = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Kept at least this often even where it does not change, seconds."),
    )
    active = models.BooleanField(default=True)

    objects = Scoped.as_manager()

    class Meta:
        verbose_name = _("sensor")
        verbose_name_plural = _("sensors")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["device", "key"], name="telemetry_sensor_key_once_per_device")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """Return the name in the language of the moment, or the quantity where none was given."""
        wanted = self.name_ar if get_language() == "ar" else self.name_fr
        return wanted or str(Quantity(self.quantity).label)

    @property
    def register_spec(self) -> RegisterSpec:
        """Return where the value lies in a Modbus device; scale and offset are those of the sensor."""
        from telemetry.domain.registers import RegisterSpec

        values = self.register | {"sentinels": tuple(self.register.get("sentinels", ()))}
        return RegisterSpec(**values, scale=self.scale, offset=self.offset)
