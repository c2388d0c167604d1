"""Record missing sequence numbers, note what fills them, and say what to ask for again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from telemetry.domain.sequences import (
    FIRST_ASK_AFTER,
    GIVEN_UP_AFTER,
    MAX_ASKS,
    SequenceTracker,
    Span,
    next_ask,
    subtract,
)
from telemetry.models import SequenceGap

RANGES_PER_ASK = 20


class Ask(NamedTuple):
    """Name the numbers to ask a device for, both ends included."""

    device: str
    first: int
    last: int


def record_gaps(*, trackers: dict[int, SequenceTracker], now: datetime) -> None:
    """Write what a batch showed of the devices' numbering, in the caller's transaction."""
    restarted = [device_id for device_id, tracker in trackers.items() if tracker.restarted]
    if restarted:
        SequenceGap.objects.filter(device_id__in=restarted, filled_at=None).update(
            abandoned_at=now, next_ask_at=None
        )
    new = [
        SequenceGap(
            device_id=device_id,
            first=first,
            last=last,
            missing=[[first, last]],
            detected_at=now,
            next_ask_at=now + FIRST_ASK_AFTER,
        )
        for device_id, tracker in trackers.items()
        for first, last in tracker.gaps
    ]
    SequenceGap.objects.bulk_create(new)
    late = {device_id: tracker.late for device_id, tracker in trackers.items() if tracker.late}
    if late:
        _fill(late, now)


def _fill(late: dict[int, list[int]], now: datetime) -> None:
    open_gaps = SequenceGap.objects.select_for_update().filter(device_id__in=late, filled_at=None)
    for gap in open_gaps.order_by("pk"):
        before = _spans(gap.missing)
        missing = subtract(before, [seq for seq in late[gap.device_id] if gap.first <= seq <= gap.last])
        if missing == before:
            continue
        gap.missing = [list(span) for span in missing]
        if not missing:
            gap.filled_at, gap.next_ask_at = now, None
        gap.save(update_fields=["missing", "filled_at", "next_ask_at"])


@transaction.atomic
def claim_due_asks(*, now: datetime) -> list[Ask]:
    """Take the gaps whose question is due, plan the next one, and return what to publish after commit.

    What the last question brought nothing of is given up; should it come all the same, it is filled.
    """
    due = SequenceGap.objects.select_for_update(of=("self",), skip_locked=True).select_related("device")
    asks: list[Ask] = []
    for gap in due.filter(next_ask_at__lte=now, device__active=True).order_by("next_ask_at")[:100]:
        if gap.asks >= MAX_ASKS:
            gap.abandoned_at, gap.next_ask_at = now, None
            gap.save(update_fields=["abandoned_at", "next_ask_at"])
            continue
        gap.asks += 1
        gap.asked_at = now
        gap.next_ask_at = next_ask(gap.asks, now) or now + GIVEN_UP_AFTER
        gap.save(update_fields=["asks", "asked_at", "next_ask_at"])
        asks += [Ask(gap.device.code, first, last) for first, last in _spans(gap.missing)[:RANGES_PER_ASK]]
    return asks


def _spans(missing: Sequence[Sequence[int]]) -> list[Span]:
    return [(first, last) for first, last in missing]
