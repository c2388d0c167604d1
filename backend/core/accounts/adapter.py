"""What allauth does here: staff and citizens' accounts are opened by the operator, and each role has its
page."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.core.models import Role
from backend.core.queries.users import roles_of

FACES = (
    (Role.SUPERVISOR, "/console/"),
    (Role.DISPATCHER, "/dispatch/"),
    (Role.TECHNICIAN, "/field/"),
    (Role.ADMINISTRATOR, "/console/"),
    (Role.ANALYST, "/console/"),
    (Role.AGENT, "/dispatch/reports/"),
)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone; a failed sign-in does not tell whether the name or the password was wrong."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("This name and this password do not go together."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send each role to its face; someone with several roles to the first in this order."""
        roles = roles_of(request.user)
        return next((page for role, page in FACES if role in roles), "/")
