"""Technicians and their shifts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.models import User
from maintenance.models import Shift, Skill, Technician


@transaction.atomic
def ensure_technician(
    *, user: User, skills: Iterable[str] = (), home: tuple[float, float] | None = None
) -> Technician:
    """Make a person a technician with these skills (codes) and a base (longitude, latitude).

    Raises:
        InvalidInput: a skill is unknown.
    """
    wanted = set(skills)
    known = list(Skill.objects.filter(code__in=wanted))
    if missing := wanted - {skill.code for skill in known}:
        raise InvalidInput(errors={"skills": sorted(missing)})
    technician, _ = Technician.objects.get_or_create(user=user)
    if home is not None:
        technician.base = Point(*home, srid=4326)
        technician.save(update_fields=["base"])
    technician.skills.set(known)
    return technician


@transaction.atomic
def ensure_shifts(
    *,
    technician: Technician,
    first_day: date,
    last_day: date,
    start: time = time(7),
    end: time = time(23),
) -> int:
    """Give a technician one shift on each local day, both ends included; return how many were added.

    Days on which a shift already overlaps are left alone. An `end` not after `start` is on the next day.
    """
    added = 0
    for offset in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=offset)
        period = DateTimeTZRange(_local(day, start), _local(day + timedelta(days=end <= start), end))
        if not Shift.objects.filter(technician=technician, period__overlap=period).exists():
            Shift.objects.create(technician=technician, period=period)
            added += 1
    return added


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.LOCAL).astimezone(UTC)
