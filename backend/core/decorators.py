"""Who may see a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from backend.core.queries.users import roles_of

View = Callable[..., Any]


def role_required(*roles: str) -> Callable[[View], View]:
    """Let holders of any of these roles in; send the anonymous to sign in, the others to the 403 page."""
    wanted = frozenset(roles)

    def refusal(request: HttpRequest) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not roles_of(request.user) & wanted:
            raise PermissionDenied
        return None

    def decorate(view: View) -> View:
        @wraps(view)
        async def waiting(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return await sync_to_async(refusal)(request) or await view(request, *args, **kwargs)

        @wraps(view)
        def direct(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return refusal(request) or view(request, *args, **kwargs)

        return waiting if iscoroutinefunction(view) else direct

    return decorate
