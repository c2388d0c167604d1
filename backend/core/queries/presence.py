"""Who asks: the person, their roles of the moment and whether they have a second factor, in one statement.

What is read is known to the instance, which lives as long as a request. Nothing is kept any longer: who loses
a session, a key, a role or a factor has lost it in the next request.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.models import Session
from knox.models import AuthToken

from backend.core import clock
from backend.core.models import AccessKey, User
from backend.core.prepared import fetch

ALIAS = "default"
SESSION = (
    "SELECT {session} FROM django_session AS session WHERE session_key = %(key)s AND expire_date > %(now)s"
)
PERSON = """
SELECT
    {more} {person},
    ARRAY(
        SELECT role FROM core_roleassignment WHERE user_id = person.id AND valid @> %(now)s::timestamptz
    ) AS roles,
    EXISTS (SELECT FROM mfa_authenticator WHERE user_id = person.id) AS has_second_factor
FROM {source}
WHERE {condition}
"""


def person_by_id(user_id: int) -> User | None:
    """Return a person."""
    rows = _read("", "core_user AS person", "person.id = %(id)s", {"id": user_id})
    return _person(rows[0]) if rows else None


def session_in_force(session_key: str) -> Session | None:
    """Return a session that is not over."""
    text = SESSION.format(session=_columns(Session, "session"))
    rows = fetch(text, {"key": session_key, "now": clock.now()})
    return _made(Session, rows[0]) if rows else None


def tokens_named(token_key: str) -> list[AuthToken]:
    """Return the tokens whose public part is this one, each with its person."""
    source = "knox_authtoken AS owned JOIN core_user AS person ON person.id = owned.user_id"
    return _owned(AuthToken, source, "owned.token_key = %(key)s", {"key": token_key})


def keys_in_force(username: str, digest: str) -> list[AccessKey]:
    """Return the access key of this digest, if it is that person's, neither withdrawn nor past its time."""
    source = "core_accesskey AS owned JOIN core_user AS person ON person.id = owned.user_id"
    condition = (
        "owned.digest = %(digest)s AND owned.revoked_at IS NULL AND owned.expires_at > %(now)s"
        " AND person.username = %(username)s AND person.is_active"
    )
    return _owned(AccessKey, source, condition, {"digest": digest, "username": username})


def _owned(model: Any, source: str, condition: str, values: dict[str, Any]) -> list[Any]:
    found = []
    for row in _read(f"{_columns(model, 'owned')}, ", source, condition, values):
        count = len(_names(model))
        one = _made(model, row[:count])
        one.user = _person(row[count:])
        found.append(one)
    return found


def _read(more: str, source: str, condition: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    text = PERSON.format(more=more, person=_columns(User, "person"), source=source, condition=condition)
    return fetch(text, {**values, "now": clock.now()})


def _person(row: tuple[Any, ...]) -> User:
    *own, roles, has_second_factor = row
    person: User = _made(User, own)
    person._roles_now = frozenset(roles)  # type: ignore[attr-defined]
    person._has_second_factor = has_second_factor  # type: ignore[attr-defined]
    return person


@cache
def _columns(model: Any, name: str) -> str:
    return ", ".join(f'{name}."{field.column}"' for field in model._meta.concrete_fields)


@cache
def _names(model: Any) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _made(model: Any, values: Any) -> Any:
    return model.from_db(ALIAS, _names(model), values)
