"""Find the weeks in which a meter counts well above last year, and tell the people concerned once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import translation
from django.utils.formats import number_format

from backend.core import clock
from backend.core.services.messages import notify
from metering.domain.periods import week_before_a_year
from metering.domain.unusual import Span, ratio
from metering.models import ConsumptionFlag, Meter
from metering.models.consumption import amount
from metering.queries.contacts import contacts_of
from metering.services.statements import statement

SMS = "metering.unusual_consumption"


def flag_unusual_weeks(*, today: date) -> int:
    """Judge the running week as far as it has gone, and the one before;

    return how many weeks were newly flagged.
    """
    monday = today - timedelta(days=today.weekday())
    found = flag_week(monday=monday - timedelta(days=7), days=7)
    return found + (flag_week(monday=monday, days=today.weekday()) if today.weekday() else 0)


@transaction.atomic
def flag_week(*, monday: date, days: int) -> int:
    """Flag the meters that counted unusually much in the first days of a week; return how many newly.

    A meter and week is flagged once: what is known later of that week brings no second flag and no second
    message.
    """
    before = week_before_a_year(monday)
    fresh = [
        ConsumptionFlag(
            meter_id=meter,
            week=monday,
            previous_week=before,
            days=days,
            value=now.volume,
            previous=then.volume,
            ratio=times,
            flagged_at=clock.now(),
        )
        for meter, utility, now, then in _weeks(monday, before, days)
        if (times := ratio(now, then, utility)) is not None
    ]
    known = set(
        ConsumptionFlag.objects.filter(week=monday, meter__in=[one.meter_id for one in fresh]).values_list(
            "meter_id", flat=True
        )
    )
    fresh = [one for one in fresh if one.meter_id not in known]
    ConsumptionFlag.objects.bulk_create(fresh, ignore_conflicts=True)
    _tell(fresh)
    return len(fresh)


def _weeks(monday: date, before: date, days: int) -> Iterable[tuple[int, str, Span, Span]]:
    values = {"now": monday, "now_end": monday + timedelta(days=days)}
    values |= {"before": before, "before_end": before + timedelta(days=days)}
    with connection.cursor() as cursor:
        cursor.execute(statement("compare_weeks"), values)
        for meter, utility, *figures in cursor.fetchall():
            yield meter, utility, _span(figures[:3]), _span(figures[3:])


def _span(figures: list[Decimal | int]) -> Span:
    volume, known, measured = figures
    return Span(Decimal(volume or 0), int(known), int(measured))


def _tell(flags: list[ConsumptionFlag]) -> None:
    meters = Meter.objects.in_bulk([one.meter_id for one in flags])
    contacts = {
        one.connection_point_id: one for one in contacts_of([m.connection_point_id for m in meters.values()])
    }
    for flag in flags:
        meter = meters[flag.meter_id]
        contact = contacts.get(meter.connection_point_id)
        if contact is None or not contact.consents_to_advice:
            continue
        with translation.override(contact.language):
            context = {
                "utility": meter.utility,
                "ratio": number_format(flag.ratio),
                "value": amount(flag.value),
                "previous": amount(flag.previous),
                "meter": meter.code,
            }
        notify(contact.phone, contact.language, SMS, context, f"{SMS}:{meter.pk}:{flag.week}")
