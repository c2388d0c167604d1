"""Say who is told of alarms that nobody acknowledges, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from backend.core import clock
from backend.core.errors import InvalidInput, VersionConflict
from backend.core.models import User
from backend.core.queries.users import holders_of
from backend.core.services.audit import record
from telemetry.models import AlarmDuty

LONGEST = timedelta(days=31)
SUBJECT = "alarm_duties"
"""Under which the journal keeps every change of a duty."""

Told = dict[str, str]


@transaction.atomic
def save_duty(
    *,
    duty: AlarmDuty | None,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    actor: User,
    version: int = 0,
) -> AlarmDuty:
    """Put a supervisor on duty for a time, or change when, or who.

    Args:
        duty: the one to change; None for a new one.
        version: the version the actor saw, of one that is there.

    Raises:
        VersionConflict: someone changed it in the meantime.
        InvalidInput: no supervisor with a telephone, a time that does not fit, or on duty then already.
    """
    written = _locked(duty, version) if duty else AlarmDuty()
    before = _told(written) if duty else {}
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # two duties of one person, at once
    _check(written, user, starts_at, ends_at)
    written.user, written.starts_at, written.ends_at = user, starts_at, ends_at
    _write(written, actor, before)
    return written


@transaction.atomic
def end_duty(*, duty: AlarmDuty, actor: User, version: int) -> bool:
    """End a duty now; one that has not begun is taken away. Return whether it is gone.

    Raises:
        VersionConflict: someone changed it in the meantime.
    """
    locked, now = _locked(duty, version), clock.now()
    before = _told(locked)
    if locked.starts_at >= now:
        _note("telemetry.duty_removed", locked, actor, before, {})
        locked.delete()
        return True
    locked.ends_at = min(locked.ends_at, now)
    _write(locked, actor, before)
    return False


def _locked(duty: AlarmDuty, version: int) -> AlarmDuty:
    locked = AlarmDuty.objects.select_for_update().get(pk=duty.pk)
    if locked.version != version:
        raise VersionConflict(current=str(locked.version), version=locked.version, allowed=[])
    locked.version += 1
    return locked


def _check(duty: AlarmDuty, user: User, starts_at: datetime, ends_at: datetime) -> None:
    wrong: dict[str, list[str]] = {}
    if user not in holders_of("supervisor") or not user.phone:
        wrong["user"] = [_("Choose a supervisor who has a telephone.")]
    if not (clock.now() < ends_at and starts_at < ends_at <= starts_at + LONGEST):
        wrong["ends_at"] = [_("It ends after it starts, in the future, within 31 days.")]
    others = AlarmDuty.objects.filter(user=user, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if not wrong and others.exclude(pk=duty.pk).exists():
        wrong["starts_at"] = [_("This person is on duty then already.")]
    if wrong:
        raise InvalidInput(errors=wrong)


def _write(duty: AlarmDuty, actor: User, before: Told) -> None:
    duty.save()
    _note("telemetry.duty_saved", duty, actor, before, _told(duty))


def _note(action: str, duty: AlarmDuty, actor: User, before: Told, after: Told) -> None:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    changes = {name: {"from": before.get(name), "to": after.get(name)} for name in names}
    record(actor=actor, action=action, subject=SUBJECT, duty=duty.pk, **changes)


def _told(duty: AlarmDuty) -> Told:
    return {
        "user": str(duty.user_id),
        "starts_at": duty.starts_at.isoformat(),
        "ends_at": duty.ends_at.isoformat(),
    }
