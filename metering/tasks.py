"""What the worker does for this app, and when."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from celery.schedules import crontab

from backend.core import clock
from metering.services import advice, consolidation, estimation, telemetered

REREAD = timedelta(days=3)

SCHEDULE = {
    "metering.take_registers": {
        "task": "metering.take_registers",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "metering.close_day": {"task": "metering.close_day", "schedule": crontab(minute="*/10")},
}


@shared_task(name="metering.take_registers")
def take_registers() -> int:
    """Take the registers that came in and compute what follows from them; return how many were read."""
    taken = 0
    while read := telemetered.take_registers():
        taken += read
        if read < telemetered.BATCH:
            break
    consolidation.consolidate(wait=False)
    return taken


@shared_task(name="metering.consolidate")
def consolidate() -> int:
    """Compute what is stale; return how many figures of zones."""
    return consolidation.consolidate(wait=False).zone_days


@shared_task(name="metering.close_day")
def close_day() -> int:
    """Read the last days again, estimate the unread ones, judge the week; return how many were flagged.

    Runs every few minutes and changes nothing when nothing is new, so that a worker that was down catches
    up.
    """
    today = clock.local_day(clock.now())
    telemetered.take_registers_again(start=clock.now() - REREAD, end=clock.now())
    consolidation.consolidate()
    if estimation.estimate_days(until=today - timedelta(days=1)):
        consolidation.consolidate()
    return advice.flag_unusual_weeks(today=today)
