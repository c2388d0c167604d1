"""Arrays as text for the database."""

from __future__ import annotations

from datetime import UTC, datetime

from telemetry.sql import array


def test_numbers_instants_and_nothing_are_written_as_the_database_reads_them() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert array([1, 2.5, -1e-9, None, at]) == "{1,2.5,-1e-09,NULL,2026-03-01 12:00:00+00:00}"


def test_texts_are_quoted_whatever_they_hold() -> None:
    assert array(["", "NULL", 'say "no"', "a\\b", "{x,y}"]) == r'{"","NULL","say \"no\"","a\\b","{x,y}"}'
