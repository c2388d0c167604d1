"""Put alarms of one event together: the first on one line, its consequences under it. Nothing is hidden."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import F

from backend.core import clock
from backend.core.errors import NotFound, PermissionRefused, VersionConflict
from backend.core.models import User
from backend.core.queries.users import roles_of
from backend.core.services import outbox
from telemetry.domain import alarm_states as states
from telemetry.domain.alarm_groups import FEEDS, WINDOW, Tie, may_belong, takes
from telemetry.models import Alarm, AlarmGroup
from telemetry.queries.alarm_ties import Place, tie
from telemetry.services.alarms.transitions import TOPIC, change_alarm

CALLING = (states.ACTIVE, states.ACKNOWLEDGED, states.CLEARED)
OPERATORS = frozenset({"dispatcher", "supervisor"})
MOST_COMPARED = 30
_ELEMENTS = tuple(f"sensor__{table}__network" for table in ("node", "link", "connection_point"))


@transaction.atomic
def group_alarm(alarm_id: int) -> AlarmGroup | None:
    """Put an alarm that has just risen to those it hangs together with; twice is once."""
    alarm = Alarm.objects.select_related("rule", *_ELEMENTS).filter(pk=alarm_id).first()
    place = Place.of(alarm.sensor) if alarm else None
    if alarm is None or place is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [place.network])
    alarm = Alarm.objects.select_related("rule", "group", *_ELEMENTS).get(pk=alarm_id)
    if alarm.state != states.ACTIVE or alarm.ungrouped or _is_open(alarm.group) or alarm.raised_at is None:
        return None
    for other in _candidates(alarm, place):
        found = _tie(place, alarm, other)
        if found is not None:
            return _join(alarm, other, found, place)
    return None


@transaction.atomic
def close_group_of(alarm_id: int) -> bool:
    """Close the group of an alarm that has ended, once all of it has; return whether it closed."""
    group = AlarmGroup.objects.select_for_update().filter(members=alarm_id, closed_at=None).first()
    if group is None or group.members.exclude(state=states.NORMAL).exists():
        return False
    group.closed_at = clock.now()
    group.save(update_fields=["closed_at"])
    return True


@transaction.atomic
def acknowledge_group(*, group: AlarmGroup, actor: User, version: int | None = None) -> list[Alarm]:
    """Acknowledge every alarm of a group that the actor may see; those acknowledged already stay.

    Args:
        version: of the group the actor saw: an alarm that joined since is not acknowledged unseen.

    Raises:
        PermissionRefused: the actor is no dispatcher or supervisor.
        VersionConflict: the group has changed in the meantime.
    """
    if not roles_of(actor) & OPERATORS:
        raise PermissionRefused
    locked = AlarmGroup.objects.select_for_update().get(pk=group.pk)
    if version is not None and version != locked.version:
        raise VersionConflict(current=str(locked.version), version=locked.version, allowed=[])
    waiting = Alarm.objects.visible_to(actor).filter(group=locked)
    return [
        change_alarm(
            alarm=alarm,
            to=states.ACKNOWLEDGED if alarm.state == states.ACTIVE else states.NORMAL,
            actor=actor,
            version=None,
        )
        for alarm in waiting.filter(state__in=[states.ACTIVE, states.CLEARED]).order_by("pk")
    ]


@transaction.atomic
def ungroup_alarm(*, alarm: Alarm, actor: User) -> Alarm:
    """Take an alarm out of its group for good: a person knows better. A group of one is none.

    Raises:
        PermissionRefused: the actor is no dispatcher or supervisor.
        NotFound: it belongs to none.
    """
    if not roles_of(actor) & OPERATORS:
        raise PermissionRefused
    group = AlarmGroup.objects.select_for_update().filter(members=alarm).first()
    if group is None:
        raise NotFound
    _leave(Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk), ungrouped=True)
    left = list(group.members.order_by("raised_at", "pk"))
    if len(left) < 2:
        for other in left:
            _leave(other)
        group.closed_at = clock.now()
    elif group.root_id == alarm.pk:
        group.root = left[0]
    group.version += 1
    group.save(update_fields=["root", "closed_at", "version"])
    announce(left)
    return Alarm.objects.get(pk=alarm.pk)


def announce(alarms: Sequence[Alarm]) -> None:
    """Tell listeners that something about these alarms changed, though not their state."""
    at = clock.now().isoformat()
    for alarm in alarms:
        told = {"id": alarm.pk, "from": alarm.state, "to": alarm.state, "at": at, "version": alarm.version}
        outbox.publish(TOPIC, told)


def _is_open(group: AlarmGroup | None) -> bool:
    return group is not None and group.closed_at is None


def _candidates(alarm: Alarm, place: Place) -> list[Alarm]:
    """Return what rose shortly before or after on the same network, members of groups first."""
    assert alarm.raised_at is not None
    around = (alarm.raised_at - WINDOW, alarm.raised_at + WINDOW)
    rows = Alarm.objects.filter(state__in=CALLING, ungrouped=False, raised_at__range=around)
    rows = rows.exclude(pk=alarm.pk).select_related("rule", "group", *_ELEMENTS)
    ordered = rows.order_by(F("group").asc(nulls_last=True), "raised_at", "pk")[: 4 * MOST_COMPARED]
    fitting = [other for other in ordered if _fits(alarm, other, place.network)]
    return fitting[:MOST_COMPARED]


def _fits(alarm: Alarm, other: Alarm, network: str) -> bool:
    where = Place.of(other.sensor)
    if where is None or where.network != network or not may_belong(alarm.rule.kind, other.rule.kind):
        return False
    group = other.group
    if group is None or group.closed_at is not None:
        return True
    assert alarm.raised_at is not None
    return takes(opened_at=group.opened_at, last_at=group.last_at, raised_at=alarm.raised_at)


def _tie(place: Place, alarm: Alarm, other: Alarm) -> Tie | None:
    where = Place.of(other.sensor)
    raised = [one.raised_at for one in (alarm, other) if one.raised_at is not None]
    return tie(place, where, before=min(raised) - WINDOW) if where and raised else None


def _join(alarm: Alarm, other: Alarm, found: Tie, place: Place) -> AlarmGroup:
    assert alarm.raised_at is not None
    assert other.raised_at is not None
    group = other.group if _is_open(other.group) else None
    first = other if other.raised_at <= alarm.raised_at else alarm
    if group is None:
        group = AlarmGroup.objects.create(
            network=place.network,
            root=first,
            why=found.stored(),
            opened_at=min(alarm.raised_at, other.raised_at),
            last_at=max(alarm.raised_at, other.raised_at),
        )
        _enter(other, group, found)
    group.last_at = max(group.last_at, alarm.raised_at)
    # What feeds the first one is what went wrong, though it was heard later.
    if _feeds(place, alarm, group.root):
        group.root = alarm
    group.version += 1
    group.save(update_fields=["last_at", "root", "version"])
    _enter(alarm, group, found)
    announce([alarm, other])
    return group


def _feeds(place: Place, alarm: Alarm, root: Alarm) -> bool:
    found = _tie(place, alarm, root) if root.pk != alarm.pk else None
    return found is not None and found.why == FEEDS


def _enter(alarm: Alarm, group: AlarmGroup, found: Tie) -> None:
    alarm.group, alarm.group_why = group, found.stored()
    alarm.save(update_fields=["group", "group_why"])


def _leave(alarm: Alarm, *, ungrouped: bool = False) -> None:
    alarm.group, alarm.group_why, alarm.ungrouped = None, {}, ungrouped
    alarm.save(update_fields=["group", "group_why", "ungrouped"])
    if ungrouped:
        announce([alarm])
