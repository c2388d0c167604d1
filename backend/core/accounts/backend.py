"""How a person signs in, and how a session finds its person again."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from backend.core.models import User
from backend.core.queries.presence import person_by_id


class PeopleBackend(AuthenticationBackend):
    """Allauth's, which reads the roles and the second factor along with the person."""

    def get_user(self, user_id: Any) -> User | None:
        found = person_by_id(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None
