"""What devices of one kind share: how their messages are read, and which sensors they have."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.core.models.transitions import Versioned
from telemetry.models.devices import DEVICE_CODE, Protocol


class DeviceFamily(Versioned):
    """A kind of device, as a device file or the page of families declares it.

    `defaults` is laid under each device (`expected_interval_s`, `modbus`, …), `sensors` holds the sensors
    each of them has, with their registers and limits, `mapping` says how a message of theirs is read.
    """

    code = models.CharField(max_length=64, unique=True, validators=[DEVICE_CODE])
    name_fr = models.CharField(max_length=120, blank=True)
    name_ar = models.CharField(max_length=120, blank=True)
    protocol = models.CharField(max_length=10, choices=Protocol)
    mapping = models.JSONField(default=dict, blank=True)
    sensors = models.JSONField(default=list, blank=True)
    defaults = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("device family")
        verbose_name_plural = _("device families")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """Return the name in the language of the moment, or the code where none was given."""
        return (self.name_ar if get_language() == "ar" else self.name_fr) or self.code

    @property
    def declaration(self) -> dict[str, Any]:
        """Return the family as a device file declares it."""
        own = {"name_fr": self.name_fr, "name_ar": self.name_ar, "mapping": self.mapping}
        named = {name: value for name, value in own.items() if value}
        return {"protocol": self.protocol, **named, **self.defaults, "sensors": self.sensors}
