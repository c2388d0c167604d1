"""Light and dark."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from webmap.theme import theme_for

NOON = datetime(2026, 6, 1, 11, tzinfo=UTC)
NIGHT = datetime(2026, 6, 1, 22, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _local_time() -> object:
    with timezone.override(ZoneInfo("Africa/Casablanca")):
        yield


def test_the_control_room_is_dark_at_night_and_follows_the_device_by_day() -> None:
    assert theme_for(None, face="console", now=NIGHT) == "dark"
    assert theme_for(None, face="console", now=NOON) == ""


def test_citizens_pages_follow_the_device_at_any_hour() -> None:
    assert theme_for(None, face="public", now=NIGHT) == ""


@pytest.mark.parametrize(("cookie", "expected"), [("light", "light"), ("dark", "dark"), ("auto", "")])
def test_what_a_person_chose_wins(cookie: str, expected: str) -> None:
    assert theme_for(cookie, face="console", now=NIGHT) == expected


def test_a_cookie_that_makes_no_sense_is_no_choice() -> None:
    assert theme_for("<script>", face="public", now=NOON) == ""
