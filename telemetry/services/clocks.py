"""Devices' clocks: followed where they are heard; readings with a time not to be believed are set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.db import connection, transaction
from django.db.models import Q

from backend.core.models import User
from backend.core.services.audit import record
from telemetry.domain.clocks import SAME_S, ClockTrack
from telemetry.domain.quality import Quality
from telemetry.models import Device, QuarantinedReading, QuarantineState
from telemetry.services.partitions import ensure_partitions, utc_days
from telemetry.services.readings import Row, store_readings
from telemetry.sql import array, statement

Release = Literal["corrected", "as_sent"]
MOST_RELEASED = 10_000
_tracks: dict[int, ClockTrack] = {}


@dataclass(slots=True)
class ClockNotes:
    """What a batch says about clocks: rows set aside, and by device how many and why."""

    rows: list[Row] = field(default_factory=list)
    aside: Counter[int] = field(default_factory=Counter)
    reasons: dict[int, str] = field(default_factory=dict)
    heard: set[int] = field(default_factory=set)


def judge_time(
    notes: ClockNotes, device_id: int, at: datetime, received_at: datetime, *, slowest_s: float
) -> str:
    """Return why the time of a message is not to be believed, or nothing."""
    track = _tracks.get(device_id)
    if track is None:
        track = _tracks[device_id] = ClockTrack()
    notes.heard.add(device_id)
    if reason := track.observe(at, received_at, slowest_s=slowest_s):
        notes.reasons[device_id] = reason
    return reason


def set_aside(*, notes: ClockNotes, quarantined: Collection[int], now: datetime) -> None:
    """Keep what a batch set aside, in the caller's transaction; release what clocks that are back had.

    Args:
        notes: of the batch.
        quarantined: devices known to be in quarantine.
        now: the present.
    """
    if not notes.heard:
        return
    ids = sorted(notes.heard)
    tracks = [_tracks[device_id] for device_id in ids]
    with connection.cursor() as cursor:
        if notes.rows:
            columns = list(map(array, zip(*notes.rows, strict=True)))
            cursor.execute(statement("services/set_aside"), columns)
        late = [track.out_of_order for track in tracks]
        skews = [track.skew_s for track in tracks]
        aside = [notes.aside[device_id] for device_id in ids]
        reasons = [notes.reasons.get(device_id, "") for device_id in ids]
        found = [array(ids), array(skews), array(late), array(aside), array(reasons)]
        cursor.execute(statement("services/follow_clocks"), [now, *found])
    for track in tracks:
        track.out_of_order = 0
    for device_id, track in zip(ids, tracks, strict=True):
        if device_id in quarantined and track.has_returned:
            release_returned(device_id=device_id, now=now)


def release_returned(*, device_id: int, now: datetime) -> int:
    """End the quarantine of a device whose clock is back; release what its steady skew dates.

    What was held while the clock was off by another time than mostly stays for staff to decide.
    """
    done = Device.objects.filter(pk=device_id, clock_quarantined_at__isnull=False)
    if not done.update(clock_quarantined_at=None, clock_reason=""):
        return 0
    held = _held(device_id)
    skew = _skew_of(held)
    steady = [row for row in held if abs((row.at - row.received_at) - skew) <= timedelta(seconds=SAME_S)]
    return _release(steady, skew, now, actor=None)


@transaction.atomic
def release_quarantine(*, device: Device, how: Release, actor: User | None, now: datetime) -> int:
    """Store what is held of a device, as it was sent or with the time corrected by its skew, and say who did.

    What is corrected is uncertain: its time is an estimate. At most 10,000 readings at a time.
    """
    held = _held(device.pk)
    released = _release(held, _skew_of(held) if how == "corrected" else None, now, actor=actor)
    _tell(device, actor, "telemetry.quarantine_released", released, how=how)
    return released


@transaction.atomic
def discard_quarantine(*, device: Device, actor: User | None, now: datetime) -> int:
    """Give up what is held of a device; it stays to be seen, marked. Returns how many readings."""
    held = QuarantinedReading.objects.filter(device=device, state=QuarantineState.HELD)
    discarded = held.update(state=QuarantineState.DISCARDED, resolved_at=now, resolved_by=actor)
    _tell(device, actor, "telemetry.quarantine_discarded", discarded)
    return discarded


def _tell(device: Device, actor: User | None, action: str, readings: int, **more: str) -> None:
    if readings:
        record(actor=actor, action=action, subject=f"device:{device.pk}", readings=readings, **more)


def _held(device_id: int) -> list[QuarantinedReading]:
    held = QuarantinedReading.objects.select_for_update().filter(device_id=device_id)
    return list(held.filter(Q(state=QuarantineState.HELD)).order_by("id")[:MOST_RELEASED])


def _skew_of(held: Sequence[QuarantinedReading]) -> timedelta:
    leads = sorted(row.at - row.received_at for row in held)
    return leads[len(leads) // 2] if leads else timedelta(0)


def _release(
    held: Sequence[QuarantinedReading], skew: timedelta | None, now: datetime, *, actor: User | None
) -> int:
    if not held:
        return 0
    rows = []
    for row in held:
        good = skew is None or row.quality != Quality.GOOD
        row.stored_at = row.at if skew is None else row.at - skew
        row.state, row.resolved_at, row.resolved_by = QuarantineState.RELEASED, now, actor
        quality = row.quality if good else int(Quality.UNCERTAIN)
        rows.append(Row(row.sensor_id, row.stored_at, row.received_at, row.seq, row.value, quality))
    ensure_partitions(days=utc_days(row.at for row in rows))
    store_readings(rows=[], history=rows)
    fields = ["stored_at", "state", "resolved_at", "resolved_by"]
    QuarantinedReading.objects.bulk_update(held, fields, batch_size=1000)
    return len(rows)
