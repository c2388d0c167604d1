"""Who reads the networks."""

from __future__ import annotations

from backend.core.models.users import STAFF_ROLES, Role
from backend.core.permissions import HasRole

IsStaff = HasRole(*sorted(STAFF_ROLES))
"""Holders of any staff role; what they see is then scoped by jurisdiction."""

IsEditor = HasRole(Role.SUPERVISOR.value, Role.ADMINISTRATOR.value)
"""Who may change the networks, within the same jurisdiction."""
