"""Static files, by the event loop alone: requests answered in a thread never ask for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import MiddlewareNotUsed
from servestatic.middleware import ServeStaticMiddleware  # type: ignore[import-untyped]


class StaticFilesMiddleware(ServeStaticMiddleware):
    """ServeStatic where it can wait; out of the way elsewhere, where it would cost two changes of thread."""

    sync_capable = True

    def __init__(self, get_response: Callable[..., Any]) -> None:
        if not iscoroutinefunction(get_response):
            raise MiddlewareNotUsed
        super().__init__(get_response)
