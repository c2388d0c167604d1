"""What a process may read ahead once it serves, so that the first who asks does not wait for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Thread, get_native_id

import structlog
from django.db import connections

log = structlog.get_logger(__name__)
NICE = 10
"""How far it steps back behind whoever waits for an answer."""

_tasks: dict[str, Callable[[], None]] = {}


def register_warming(name: str, task: Callable[[], None]) -> None:
    """Add something to read ahead; nothing may depend on its having happened."""
    _tasks[name] = task


def warm_in_background() -> Thread:
    """Read ahead in a thread of its own, which holds up neither the process's start nor its end."""
    thread = Thread(target=_warm, name="warming", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    os.setpriority(os.PRIO_PROCESS, get_native_id(), NICE)
    for name, task in _tasks.items():
        try:
            task()
        except Exception as error:
            log.warning("warming_failed", task=name, error=type(error).__name__)
        finally:
            connections.close_all()
