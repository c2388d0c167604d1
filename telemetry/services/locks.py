"""A lock that lives on the very connection that writes: whoever commits, holds it."""

from __future__ import annotations

from django.db import connection

SPARKPLUG_LOCK = 0x0C4ABA53
"""Held by the process that listens to Sparkplug edge nodes."""


class SessionLock:
    """One PostgreSQL advisory lock, taken again on each new connection of this thread."""

    def __init__(self, key: int, *, listen: str) -> None:
        self._key = key
        self._listen = listen
        self._held_on: object | None = None

    def hold(self) -> bool:
        """Return whether this process holds the lock; takes it if it is free.

        Raises:
            Error: the database does not answer.
        """
        connection.ensure_connection()
        if connection.connection is self._held_on:
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self._key])
            if not cursor.fetchone()[0]:
                return False
            cursor.execute(f"LISTEN {self._listen}")
        self._held_on = connection.connection
        return True

    def forget(self) -> None:
        """Close the connection and with it the lock."""
        self._held_on = None
        connection.close()

    @staticmethod
    def heard() -> bool:
        """Tell whether the channel was notified since the last question."""
        raw = connection.connection
        return raw is not None and any(True for _ in raw.notifies(timeout=0))
