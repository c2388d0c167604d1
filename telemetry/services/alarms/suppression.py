"""Keep alarms quiet during planned work; they are still evaluated, and come back by themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.services.audit import record
from gis.queries import element_places, zone_by_code
from telemetry.domain import alarm_states as states
from telemetry.models import Alarm, AlarmSuppression, Sensor
from telemetry.queries.suppressions import suppressed_alarms, suppressions_over
from telemetry.services.alarms.transitions import give_back, suppress

LONGEST = timedelta(days=14)
TO_SUPPRESS = (states.ACTIVE, states.ACKNOWLEDGED, states.CLEARED)
Element = tuple[str, str, str]
"""Network, kind and code."""


@transaction.atomic
def suppress_alarms(
    *,
    starts: datetime,
    ends: datetime,
    reason: str,
    source: str,
    sensors: Iterable[str] = (),
    zone: str = "",
    elements: Iterable[Element] = (),
    actor: User | None = None,
) -> AlarmSuppression:
    """Have the alarms of some places call nobody from one instant to another.

    Args:
        source: who asks, as an application and its object: `maintenance.order:12`.
        sensors: codes of sensors.
        zone: the code of a zone: every sensor in it, those to come included.
        elements: network, kind and code of network elements: the sensors on them.
        actor: the person who asks, who may silence what lies in their area; None is the platform.

    Raises:
        InvalidInput: no reason, no sensor meant or one that is not theirs, or a time that does not fit.
    """
    now, codes = clock.now(), set(sensors)
    theirs = Sensor.objects.visible_to(actor) if actor else Sensor.objects.all()
    found = theirs.filter(Q(code__in=codes) | _on(elements))
    area = zone_by_code(zone, now) if zone else None
    wrong = _faults(starts, ends, now, reason, any_place=bool(area) or found.exists())
    if strangers := sorted(codes - set(found.values_list("code", flat=True))):
        wrong["sensors"] = [_("There is no such sensor: %(codes)s.") % {"codes": ", ".join(strangers)[:200]}]
    if area and Sensor.objects.filter(geom__intersects=area.geom).exclude(pk__in=theirs).exists():
        wrong["zone"] = [_("A part of this zone is outside your area.")]
    if wrong:
        raise InvalidInput(errors=wrong)
    planned = AlarmSuppression.objects.create(
        zone=area,
        starts_at=starts,
        ends_at=ends,
        reason=reason.strip()[:300],
        source=source,
        created_at=now,
        created_by=actor,
    )
    planned.sensors.set(found)
    _note("telemetry.quiet_planned", planned, actor, reason=planned.reason, ends_at=ends.isoformat())
    follow_suppressions(now=now)
    return planned


@transaction.atomic
def lift_suppression(*, suppression: AlarmSuppression, actor: User | None) -> AlarmSuppression:
    """End a suppression before its time; lifting it twice changes nothing."""
    locked = AlarmSuppression.objects.select_for_update().get(pk=suppression.pk)
    if locked.lifted_at is None:
        locked.lifted_at = clock.now()
        locked.save(update_fields=["lifted_at"])
        _note("telemetry.quiet_lifted", locked, actor, reason=locked.reason)
        follow_suppressions(now=locked.lifted_at)
    return locked


@transaction.atomic
def lift_suppressions(*, source: str) -> int:
    """End every suppression that one source asked for; return how many."""
    rows = AlarmSuppression.objects.filter(source=source, lifted_at=None, ends_at__gt=clock.now())
    return len([lift_suppression(suppression=row, actor=None) for row in rows])


@transaction.atomic
def follow_suppressions(*, now: datetime) -> int:
    """Take alarms out of sight where planned work has begun, and give back those whose work has ended."""
    changed = 0
    ended = suppressed_alarms(now).select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    for alarm in ended:
        give_back(alarm, now=now)
        changed += 1
    open_ones = Alarm.objects.filter(state__in=TO_SUPPRESS)
    planned = suppressions_over(sorted(set(open_ones.values_list("sensor_id", flat=True))), now)
    held = open_ones.filter(sensor_id__in=list(planned))
    for alarm in held.select_for_update(skip_locked=True, of=("self",)).order_by("pk"):
        suppress(alarm, planned[alarm.sensor_id])
        changed += 1
    return changed


def _note(action: str, planned: AlarmSuppression, actor: User | None, **details: str) -> None:
    subject = f"alarm_suppression:{planned.pk}"
    record(actor=actor, action=action, subject=subject, source=planned.source, **details)


def _faults(
    starts: datetime, ends: datetime, now: datetime, reason: str, *, any_place: bool
) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not reason.strip():
        wrong["reason"] = [_("A reason is needed for this change.")]
    if not (now < ends and starts < ends <= starts + LONGEST):
        wrong["ends"] = [_("It ends after it starts, in the future, within 14 days.")]
    if not any_place:
        wrong["sensors"] = [_("No sensor is meant by this.")]
    return wrong


def _on(elements: Iterable[Element]) -> Q:
    wanted: Any = Q(pk__in=[])
    for network, kind, code in elements:
        for table in ("node", "link", "connection_point"):
            ids = _ids(network, table, kind, {code})
            if ids:
                wanted |= Q(**{f"{table}_id__in": ids})
    return wanted


def _ids(network: str, table: Any, kind: str, codes: Collection[str]) -> list[int]:
    places = element_places(network=network, table=table, codes=set(codes))
    return [place.id for place in places if kind in (place.kind, "", table)]
