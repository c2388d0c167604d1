"""Weeks of unusual consumption."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet

from backend.core import clock
from gis.queries.memberships import memberships_overlapping
from metering.models import ConsumptionFlag, Meter
from metering.queries.audience import Reader

INSTANT = timedelta(microseconds=1)


def flags(
    *, reader: Reader, zone_id: int | None = None, since: date | None = None
) -> QuerySet[ConsumptionFlag]:
    """Return the flagged weeks that a member of staff may see, the newest first.

    Args:
        zone_id: only of meters that are in this zone now.
        since: only of weeks that begin then or later.
    """
    found = ConsumptionFlag.objects.filter(meter__in=Meter.objects.visible_to(reader)).select_related("meter")
    if zone_id is not None:
        now = clock.now()
        members = memberships_overlapping(now, now + INSTANT, [zone_id])
        found = found.filter(meter__connection_point__in=members.values("connection_point_id"))
    if since is not None:
        found = found.filter(week__gte=since)
    return found.order_by("-week", "-ratio", "pk")
