"""Who may use an endpoint."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.core.queries.users import roles_of


def HasRole(*roles: str) -> type[BasePermission]:  # noqa: N802
    """Return a permission that lets in holders of any of these roles.

    Use it as `permission_classes = [HasRole("dispatcher", "supervisor")]`.
    """
    wanted = frozenset(roles)

    class HoldsRole(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return bool(roles_of(request.user) & wanted)

    return HoldsRole
