"""One line for each signal."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache import cache
from django.dispatch import receiver

from backend.core import events, tasks

log = structlog.get_logger(__name__)


@receiver(events.outbox_written, dispatch_uid="core.wake_the_worker")
def wake_the_worker(**kwargs: Any) -> None:
    """Call the worker, once for many events. Without a broker nothing is lost: the sweep delivers."""
    try:
        if cache.add(tasks.WAKE_KEY, 1, 3):
            tasks.deliver_outbox.apply_async(retry=False, ignore_result=True)
    except Exception as error:
        log.warning("outbox_wake_failed", error=type(error).__name__)
