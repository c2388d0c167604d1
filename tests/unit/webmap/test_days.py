"""Days and instants are read as people write them, and as browsers and addresses do."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from backend.core import clock
from webmap.forms.days import MomentInput, read_day, read_moment

MORNING = datetime(2026, 11, 5, 9, 5, tzinfo=clock.LOCAL)


@pytest.mark.parametrize(
    "text", ["5/11/2026 9:05", "05.11.2026 09:05", "2026-11-05T09:05", "05-11-2026 09:05:00"]
)
def test_an_instant_is_read_in_local_time(text: str) -> None:
    assert read_moment(text) == MORNING


@pytest.mark.parametrize("text", ["", "demain", "31/02/2026 10:00", "2026-13-05T09:05"])
def test_what_is_no_instant_is_none(text: str) -> None:
    assert read_moment(text) is None


def test_a_day_is_read_alone() -> None:
    assert read_day("5/11/2026") == read_day("2026-11-05") == date(2026, 11, 5)


def test_an_instant_is_written_day_first() -> None:
    assert 'value="05/11/2026 09:05"' in MomentInput().render("at", MORNING)
