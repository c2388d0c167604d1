"""Read when alarms call again, and who is told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from backend.core.models import User
from backend.core.queries.users import holders_of
from telemetry.models import AlarmDuty, AlarmEscalation


def escalations() -> QuerySet[AlarmEscalation]:
    """Return what happens to alarms of each priority that nobody acknowledges."""
    return AlarmEscalation.objects.order_by("priority")


def duties(now: datetime) -> QuerySet[AlarmDuty]:
    """Return the duties that stand now or are to come, the next first."""
    return AlarmDuty.objects.filter(ends_at__gt=now).select_related("user").order_by("starts_at", "pk")


def duty_of(pk: int, now: datetime) -> AlarmDuty | None:
    """Return one of these duties."""
    return duties(now).filter(pk=pk).first()


def reachable_supervisors() -> list[User]:
    """Return the supervisors who can be told by telephone."""
    return [person for person in holders_of("supervisor") if person.phone]
