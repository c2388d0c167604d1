"""Long work in the worker: one at a time of each, with a progress that pages can read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from django.core.cache import cache
from django.db import connection

TELL_EVERY_S = 0.3
PROGRESS_KEPT_S = 3600


class Work(IntEnum):
    """Kinds of work: the first half of the advisory locks that say which piece of it is being done."""

    IMPORT = 0x6769
    UNDO = 0x676A
    EXPORT = 0x676B


@contextmanager
def alone(work: Work, number: int) -> Iterator[bool]:
    """Hold a piece of work for this process: the database lets go of it should the process die."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [work, number])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [work, number])


def is_running(work: Work, number: int) -> bool:
    """Say whether a worker is at this piece of work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [work, number],
        )
        return bool(cursor.fetchone()[0])


def teller(work: Work, number: int) -> Callable[[str, int, int], None]:
    """Keep the progress where pages find it: the work's own transaction shows nothing until it ends."""
    last = 0.0

    def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        if done not in (0, total) and time.monotonic() - last < TELL_EVERY_S:
            return
        last = time.monotonic()
        cache.set(_key(work, number), {"step": step, "done": done, "total": total}, PROGRESS_KEPT_S)

    return tell


def progress_of(work: Work, number: int) -> dict[str, Any] | None:
    """Return the step a running piece of work is at: `{step, done, total}`; None before the first is told."""
    told: dict[str, Any] | None = cache.get(_key(work, number))
    return told


def forget_progress(work: Work, number: int) -> None:
    """Forget what was told: the work has ended."""
    cache.delete(_key(work, number))


def _key(work: Work, number: int) -> str:
    return f"gis.{work.name.lower()}.{number}.progress"
