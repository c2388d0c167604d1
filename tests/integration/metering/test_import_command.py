"""`manage.py import_readings`: a report for people, or for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from metering.models import DailyConsumption, RegisterReading, StaleSpan
from tests.factories import metering as town

pytestmark = pytest.mark.django_db

ROWS = (
    "MW-1,2026-05-01T00:00:00+01:00,100",
    "MW-1,2026-06-01T00:00:00+01:00,131",
    "MW-9,2026-06-01T00:00:00+01:00,1",
)


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_readings", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_it_reports_in_words_and_computes_the_days(csv_file: Callable[..., Path]) -> None:
    town.meter("MW-1")
    told = run(csv_file(*ROWS))
    assert "3" in told
    assert "MW-9" in told
    assert DailyConsumption.objects.count() == 31


def test_it_reports_as_json_and_leaves_days_to_the_worker_when_asked(csv_file: Callable[..., Path]) -> None:
    town.meter("MW-1")
    report = json.loads(run(csv_file(*ROWS), "--json", "--defer"))
    assert (report["rows"], report["added"], report["refused"]) == (3, 2, {"unknown_meter": 1})
    assert StaleSpan.objects.exists()
    assert not DailyConsumption.objects.exists()


def test_a_rehearsal_says_so_and_changes_nothing(csv_file: Callable[..., Path]) -> None:
    town.meter("MW-1")
    assert json.loads(run(csv_file(*ROWS), "--json", "--dry-run"))["added"] == 2
    run(csv_file(*ROWS), "--dry-run")
    assert not RegisterReading.objects.exists()


def test_what_is_no_file_of_registers_ends_with_one_line(
    csv_file: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(CommandError):
        run(tmp_path / "nothing.csv")
    with pytest.raises(CommandError):
        run(csv_file(*ROWS, header="a,b,c"))
