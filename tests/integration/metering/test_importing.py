"""A file of registers: what is good is kept, what is not is told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from backend.core.errors import InvalidInput
from metering.models import ReadingImport, RegisterConflict, RegisterReading, StaleSpan
from metering.services.imports import import_readings
from tests.factories import metering as town

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]


def test_good_rows_are_kept_and_bad_ones_told_by_reason(csv_file: CsvFile) -> None:
    town.meter("MW-1", digits=5)
    path = csv_file(
        "MW-1,2026-05-01T00:00:00+01:00,100.5,m3",
        "MW-1,2026-06-01T00:00:00+01:00,112000,L",
        "MW-9,2026-05-01T00:00:00+01:00,1,",
        "MW-1,2099-01-01T00:00:00Z,1,",
        "MW-1,2026-05-02T00:00:00,1,",
        "MW-1,yesterday,1,",
        "MW-1,2026-05-02T00:00:00Z,-1,",
        "MW-1,2026-05-02T00:00:00Z,1e308,",
        "MW-1,2026-05-02T00:00:00Z,NaN,",
        "MW-1,2026-05-02T00:00:00Z,twelve,",
        "MW-1,2026-05-02T00:00:00Z,100000,",
        "MW-1,2026-05-02T00:00:00Z,1,kWh",
        "MW-1,1999-05-02T00:00:00Z,1,",
        "MW-1,,1,",
        "MW-1",
        header="meter,at,value,unit",
    )
    report = import_readings(path=path)
    assert (report.rows, report.added, report.unchanged, report.conflicts) == (15, 2, 0, 0)
    assert report.refused == {
        "unknown_meter": 1,
        "future": 1,
        "no_offset": 1,
        "bad_time": 1,
        "negative": 1,
        "beyond_dial": 2,
        "bad_value": 2,
        "bad_unit": 1,
        "not_installed": 1,
        "incomplete": 2,
    }
    assert report.examples[0] == {
        "line": 4,
        "reason": "unknown_meter",
        "meter": "MW-9",
        "at": "2026-05-01T00:00:00+01:00",
        "value": "1",
        "unit": "",
    }
    assert list(RegisterReading.objects.order_by("at").values_list("value", flat=True)) == [
        Decimal("100.5"),
        Decimal("112"),
    ]
    assert ReadingImport.objects.get().refused == report.refused


def test_the_same_file_twice_changes_nothing(csv_file: CsvFile) -> None:
    town.meter("MW-1")
    path = csv_file("MW-1,2026-05-01T00:00:00Z,1", "MW-1,2026-06-01T00:00:00Z,2")
    assert import_readings(path=path).added == 2
    StaleSpan.objects.all().delete()
    again = import_readings(path=path)
    assert (again.added, again.unchanged, again.conflicts) == (0, 2, 0)
    assert not StaleSpan.objects.exists(), "nothing new, so nothing to compute again"


def test_what_contradicts_a_register_is_kept_beside_it(csv_file: CsvFile) -> None:
    town.meter("MW-1")
    import_readings(path=csv_file("MW-1,2026-05-01T00:00:00Z,1"))
    path = csv_file("MW-1,2026-05-01T00:00:00Z,7", "MW-1,2026-05-01T00:00:00Z,7")
    report = import_readings(path=path)
    assert (report.added, report.unchanged, report.conflicts) == (0, 0, 2)
    assert import_readings(path=path).conflicts == 2
    assert RegisterReading.objects.get().value == 1
    assert RegisterConflict.objects.get().offered == 7, "kept once, however often it is told"


def test_twins_within_a_file_follow_the_first_of_them(csv_file: CsvFile) -> None:
    town.meter("MW-1")
    report = import_readings(
        path=csv_file(
            "MW-1,2026-05-01T00:00:00Z,1", "MW-1,2026-05-01T01:00:00+01:00,1", "MW-1,2026-05-01T00:00:00Z,3"
        )
    )
    assert (report.added, report.unchanged, report.conflicts) == (1, 1, 1)
    assert RegisterReading.objects.get().value == 1


def test_a_rehearsal_tells_the_same_and_changes_nothing(csv_file: CsvFile) -> None:
    town.meter("MW-1")
    path = csv_file("MW-1,2026-05-01T00:00:00Z,1", "MW-2,2026-05-01T00:00:00Z,1")
    rehearsed = import_readings(path=path, dry_run=True)
    assert not RegisterReading.objects.exists()
    assert not ReadingImport.objects.exists()
    assert import_readings(path=path) == rehearsed


@pytest.mark.parametrize(
    ("header", "encoding"),
    [("at,value", "utf-8"), ("", "utf-8"), ("meter,at,value", "utf-16"), ("meter,at,valeur", "utf-8")],
)
def test_a_file_of_another_kind_is_refused_whole(csv_file: CsvFile, header: str, encoding: str) -> None:
    with pytest.raises(InvalidInput):
        import_readings(path=csv_file("MW-1,2026-05-01T00:00:00Z,1", header=header, encoding=encoding))
    assert not ReadingImport.objects.exists()


def test_a_broken_letter_on_the_way_leaves_nothing_behind(csv_file: CsvFile) -> None:
    town.meter("MW-1")
    path = csv_file("MW-1,2026-05-01T00:00:00Z,1")
    path.write_bytes(path.read_bytes() + b"MW-\xe9,2026-05-01T00:00:00Z,1\n")
    with pytest.raises(InvalidInput):
        import_readings(path=path)
    assert not RegisterReading.objects.exists()


def test_semicolons_and_a_byte_order_mark_are_read_too(csv_file: CsvFile) -> None:
    town.meter("MW-1")
    path = csv_file("MW-1;2026-05-01T00:00:00Z;1.5", header="meter;at;value", encoding="utf-8-sig")
    assert import_readings(path=path).added == 1
