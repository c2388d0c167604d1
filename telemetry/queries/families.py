"""Read device families, and how many devices each has."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from telemetry.models import Device, DeviceFamily


def families() -> QuerySet[Any]:
    """Return the families with `device_count`, in the order of their codes."""
    devices = Device.objects.filter(family=OuterRef("code"), active=True).order_by().values("family")
    counted = Subquery(devices.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return DeviceFamily.objects.annotate(device_count=Coalesce(counted, 0)).order_by("code")


def family(code: str) -> Any | None:
    """Return one family with `device_count`, or None."""
    return families().filter(code=code).first()
