"""Every role at every address of the platform, as `matrix` says; a new address without a row fails here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from tests.integration.security.matrix import BODIES, EVERYONE, FOR_ALL, LETTERS, MATRIX, PEOPLE
from tests.integration.security.world import World, routes, shut
from webmap.live import source
from webmap.views import live

WIDEST = ("anonymous", "technician", "supervisor", "administrator")
"""Who would get past a door that has no row."""

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _a_stream_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `/live/` decide who may listen, and end there; its own tests listen."""

    class Kept:
        @staticmethod
        def close_all() -> None: ...

    async def hub() -> None: ...

    async def frames(*_: Any) -> AsyncIterator[bytes]:
        yield b""

    async def rights(_: Any, user_id: int) -> Any:
        return await sync_to_async(source._rights_of)(user_id)

    for name, stand_in in (("connections", Kept), ("running_hub", hub), ("_stream", frames)):
        monkeypatch.setattr(live, name, stand_in)
    monkeypatch.setattr(source.Source, "rights_of", rights)


def test_every_role_finds_at_every_address_what_its_right_and_place_give(world: World) -> None:
    found = {}
    for name, url in world.addresses().items():
        # The sign-in library's forms take any method for POST.
        others = () if url.startswith("/accounts/") else ("PATCH", "DELETE")
        for method in (
            "GET",
            "POST",
            *(one for one in others if one == "PATCH" or f"{name} {one}" in MATRIX),
        ):
            door = f"{name} {method}"
            people = EVERYONE if door in FOR_ALL else PEOPLE if door in MATRIX else WIDEST
            row = answers(world, door, url, people)
            if door in MATRIX or door in FOR_ALL or not set(row) <= set("MUFL"):
                found[door] = " ".join(row)
    assert found == {door: " ".join(row.split()) for door, row in (MATRIX | FOR_ALL).items()}


def test_every_address_has_a_row() -> None:
    assert set(routes()) == {door.rsplit(" ", 1)[0] for door in MATRIX | FOR_ALL}


def test_nothing_is_changed_by_other_methods(world: World) -> None:
    """PUT, PATCH and DELETE have a row or are not there, but for the sign-in library's forms."""
    for name, url in world.addresses().items():
        if url.startswith("/accounts/"):
            continue
        for method in ("PUT", "PATCH", "DELETE"):
            if f"{name} {method}" in MATRIX:
                continue
            for who in ("anonymous", "supervisor"):
                assert letter(world, who, method, url, {}) in set("MUFL"), (name, method, who)


def answers(world: World, door: str, url: str, people: tuple[str, ...]) -> list[str]:
    """Let each person ask in turn; a method that does not exist is asked for once."""
    name, method = door.rsplit(" ", 1)
    body = BODIES.get(name, lambda _: {})(world)
    row = []
    for who in people:
        row.append(letter(world, who, method, url, body))
        if row == ["M"]:
            break
    return row


def letter(world: World, who: str, method: str, url: str, body: dict[str, Any]) -> str:
    """Ask, undo what came of it, and return the letter of the answer."""
    client = world.client(who)
    kept = client.cookies.copy()
    as_json = {"content_type": "application/json"} if url.startswith("/api/") else {}
    with transaction.atomic():
        sent = {} if method == "GET" else {"data": body, **as_json}
        answer = getattr(client, method.lower())(url, **sent)
        transaction.set_rollback(True)
    shut(answer)
    client.cookies = kept
    if answer.status_code in {301, 302}:
        return "L" if answer["Location"].startswith("/accounts/login/") else "R"
    return LETTERS.get(answer.status_code, str(answer.status_code))
