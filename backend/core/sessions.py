"""Sessions in the database, read by a prepared statement."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from backend.core.queries.presence import session_in_force


class SessionStore(DatabaseSessions):
    """Django's own in everything but how a session is looked up."""

    @classmethod
    def get_model_class(cls) -> Any:
        from django.contrib.sessions.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        found = session_in_force(self.session_key or "")
        if found is None:
            self._session_key = None
        return found
