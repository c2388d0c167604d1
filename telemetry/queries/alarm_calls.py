"""Read when alarms call again, and who is told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from backend.core.models import User
from backend.core.queries.users import holders_of, roles_of
from telemetry.models import AlarmDuty, AlarmEscalation
from telemetry.models.scoping import Viewer

READERS = frozenset({"dispatcher", "supervisor", "analyst", "administrator"})
"""Who may read when alarms call, and the telephones of those on duty."""


def escalations_for(user: Viewer) -> QuerySet[AlarmEscalation]:
    """Return what happens to alarms of each priority that nobody acknowledges, if a person may read it."""
    rows = AlarmEscalation.objects.order_by("priority")
    return rows if roles_of(user) & READERS else rows.none()


def duties_for(user: Viewer, now: datetime) -> QuerySet[AlarmDuty]:
    """Return the duties that stand now or are to come, the next first, if a person may read them."""
    rows = AlarmDuty.objects.filter(ends_at__gt=now).select_related("user").order_by("starts_at", "pk")
    return rows if roles_of(user) & READERS else rows.none()


def reachable_supervisors() -> list[User]:
    """Return the supervisors who can be told by telephone."""
    return [person for person in holders_of("supervisor") if person.phone]
