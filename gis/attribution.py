"""Say who changes the networks and why, so that the history kept by the database knows.

The triggers write each event with `pghistory.context_metadata`, a setting of the transaction. It is given
before every statement that writes a table whose history is kept, and no other. Context variables hold what to
say, because a request may pass through several threads and a thread through several requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest

_CHANGES = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?gis_(?:node|link|connectionpoint|zone)\b", re.I
)
_TELL = "SELECT set_config('pghistory.context_metadata', %s, true)"

_request: ContextVar[HttpRequest | None] = ContextVar("gis_changing_request", default=None)
_told: ContextVar[dict[str, Any] | None] = ContextVar("gis_changes_told", default=None)


@contextmanager
def attributed(**why: Any) -> Iterator[None]:
    """Write the events of every change made within under these reasons, beside those already told.

    Known names: `user` (primary key; the request's own unless given), `import_id`, `correction_id`; of zones
    `deed`, `as_of` and `reason`; `restored_from`, an event. None tells nothing. Changes are made in a
    transaction, as services make them, and by SQL given as text.
    """
    token = _told.set(
        {**(_told.get() or {}), **{name: value for name, value in why.items() if value is not None}}
    )
    try:
        yield
    finally:
        _told.reset(token)


def remember_request(request: HttpRequest | None) -> None:
    """Take the person and the identifier of this request for the changes it makes."""
    _request.set(request)


def tell_database(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Run a statement; before one that changes a network, tell the database why (an execute wrapper)."""
    if not isinstance(sql, str) or not _CHANGES.search(sql):
        return execute(sql, params, many, context)
    execute(_TELL, (json.dumps(_reasons()),), False, context)
    return execute(sql, params, many, context)


def listen(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Put the wrapper above on a new connection (a receiver of `connection_created`)."""
    if tell_database not in connection.execute_wrappers:
        connection.execute_wrappers.append(tell_database)


def _reasons() -> dict[str, Any]:
    request = _request.get()
    user = getattr(request, "user", None)
    asked = {"user": user and user.pk, "request": getattr(request, "request_id", None)}
    return {name: value for name, value in {**asked, **(_told.get() or {})}.items() if value is not None}
