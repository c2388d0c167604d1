"""What incidents hold: members, orders, and how one joins another."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.models import User
from maintenance.models import AffectedPoint, Incident, IncidentMember
from telemetry import queries as telemetry


def active_alarms(incident: Incident) -> int:
    """Count the alarms of an incident whose condition still holds."""
    ids = [
        pk
        for pk in incident.members.filter(unlinked_at=None).values_list("alarm_id", flat=True)
        if pk is not None
    ]
    return sum(fact.active for fact in telemetry.alarm_facts(ids)) if ids else 0


def move_into(source: Incident, target: Incident, *, actor: User | None) -> None:
    """Move members, orders and customers of a merged incident; the rows it held are kept, ended."""
    now = clock.now()
    members = list(source.members.filter(unlinked_at=None))
    source.members.filter(unlinked_at=None).update(
        unlinked_at=now, unlinked_by=actor, unlink_reason=_("merged into %s") % target.code
    )
    IncidentMember.objects.bulk_create(
        IncidentMember(
            incident=target,
            report_id=member.report_id,
            alarm_id=member.alarm_id,
            linked_at=now,
            linked_by=actor,
        )
        for member in members
    )
    source.orders.update(incident=target, version=F("version") + 1)
    known = target.affected.count()
    AffectedPoint.objects.bulk_create(
        (
            AffectedPoint(
                incident=target, connection_point_id=point.connection_point_id, position=known + place
            )
            for place, point in enumerate(source.affected.all())
        ),
        ignore_conflicts=True,
    )
    target.affected_count = target.affected.count()
    target.version += 1
    target.save(update_fields=["affected_count", "version"])
