"""What the worker does for this app, and when."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC

from celery import shared_task
from celery.schedules import crontab

from backend.core import clock
from backend.core.models import User
from telemetry.services.alarms import (
    call_again,
    end_shelvings,
    follow_suppressions,
    follow_templates,
    follow_turned_off,
    tick_alarms,
)
from telemetry.services.partitions import create_partitions_ahead, repair_default_partitions
from telemetry.services.replaying import replay_letters
from telemetry.services.retention import run_retention
from telemetry.services.rollups import fold
from telemetry.services.staleness import mark_stale

SCHEDULE = {
    "telemetry.create_partitions": {
        "task": "telemetry.create_partitions",
        # By the clock: an interval would begin anew each time the scheduler is started.
        "schedule": crontab(minute="*/10"),
    },
    "telemetry.mark_stale": {"task": "telemetry.mark_stale", "schedule": 10.0, "options": {"expires": 10}},
    "telemetry.follow_alarms": {
        "task": "telemetry.follow_alarms",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "telemetry.run_retention": {"task": "telemetry.run_retention", "schedule": 6 * 3600.0},
    "telemetry.fold_rollups": {
        "task": "telemetry.fold_rollups",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "telemetry.follow_templates": {
        "task": "telemetry.follow_templates",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}


@shared_task(name="telemetry.create_partitions")
def create_partitions() -> int:
    """Create the partitions of the days to come, and of what lies in the default ones."""
    created = create_partitions_ahead(today=clock.now().astimezone(UTC).date())
    return len(created) + len(repair_default_partitions())


@shared_task(name="telemetry.mark_stale")
def mark_stale_values() -> int:
    """Mark values that missed several expected updates."""
    return len(mark_stale(now=clock.now()))


@shared_task(name="telemetry.follow_alarms")
def follow_alarms() -> int:
    """Let delays, shelvings and suppressions end without any ingester, and call again for what waits."""
    now = clock.now()
    changed = (
        follow_turned_off(now=now)
        + tick_alarms(now=now)
        + end_shelvings(now=now)
        + follow_suppressions(now=now)
    )
    return changed + call_again(now=now)


@shared_task(name="telemetry.fold_rollups")
def fold_rollups() -> int:
    """Fold into the roll-ups what was stored since; two at once do no harm."""
    return fold().dirt


@shared_task(name="telemetry.follow_templates")
def lay_templates() -> int:
    """Lay the rules of templates over sensors that came, went or moved."""
    done = follow_templates()
    return done["created"] + done["updated"] + done["switched_off"]


@shared_task(name="telemetry.run_retention")
def drop_what_is_no_longer_kept() -> int:
    """Drop what the storage policies no longer keep, and record it."""
    return run_retention(now=clock.now()).rows


@shared_task(name="telemetry.replay_dead_letters")
def replay_dead_letters(ids: list[int], actor_id: int | None) -> dict[str, int]:
    """Read dead letters again for someone who did not wait."""
    return asdict(replay_letters(ids=ids, actor=User.objects.filter(pk=actor_id or 0).first()))
