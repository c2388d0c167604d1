"""`/api/v1/zones/{code}/consumption/`: figures with their coverage, for whom they are meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from gis.models import Jurisdiction, Zone
from metering import queries
from metering.domain.rows import Register
from metering.models import Source, ZoneConsumption
from metering.services.consolidation import consolidate
from metering.services.storage import store_registers
from tests.factories import core as people
from tests.factories import metering as town
from tests.integration.metering.test_consolidation import at

pytestmark = pytest.mark.django_db

MAY = "/api/v1/zones/north/consumption/?from=2026-05-01&to=2026-05-31"


@pytest.fixture
def client() -> APIClient:
    return APIClient()


def figures(zone: Zone, first: date, values: list[str], *, utility: str = "water", meters: int = 12) -> None:
    ZoneConsumption.objects.bulk_create(
        ZoneConsumption(
            zone=zone,
            utility=utility,
            day=date.fromordinal(first.toordinal() + number),
            value=Decimal(value),
            coverage=0.5,
            estimated_share=0.25,
            meters_read=meters // 2,
            meters_total=meters,
        )
        for number, value in enumerate(values)
    )


@pytest.fixture
def north() -> Zone:
    zone = town.zone("north")
    figures(zone, date(2026, 5, 1), ["10"] * 30)
    figures(zone, date(2025, 5, 2), ["8"] * 30)
    return zone


def test_days_come_with_local_bounds_values_and_coverage(client: APIClient, north: Zone) -> None:
    body = client.get(MAY).json()
    assert {name: body[name] for name in ("zone", "unit", "utility", "bucket")} == {
        "zone": "north",
        "unit": "m3",
        "utility": "water",
        "bucket": "day",
    }
    assert len(body["series"]) == 31
    assert body["series"][0] == {
        "start": "2026-05-01T00:00:00+01:00",
        "end": "2026-05-02T00:00:00+01:00",
        "value": 10.0,
        "coverage": 0.5,
        "estimated": 0.25,
        "meters_read": 6,
        "meters_total": 12,
    }
    assert body["series"][30]["value"] is None, "what is missing is missing, never zero"
    assert body["series"][30]["coverage"] == 0
    assert body["coverage"] == pytest.approx(0.5 * 30 / 31, abs=1e-4)
    assert body["previous"] is None


def test_days_are_compared_with_the_same_weekday_of_last_year(client: APIClient, north: Zone) -> None:
    body = client.get(MAY + "&compare=previous-year").json()
    assert body["previous"][0]["start"] == "2025-05-02T00:00:00+01:00"
    assert [one["value"] for one in body["previous"]] == [8.0] * 30 + [None]


def test_a_month_is_the_sum_of_its_days(client: APIClient, north: Zone) -> None:
    body = client.get(MAY + "&bucket=month&compare=previous-year").json()
    assert [one["value"] for one in body["series"]] == [300.0]
    assert body["series"][0]["coverage"] == pytest.approx(0.5 * 30 / 31, abs=1e-4)
    assert [one["value"] for one in body["previous"]] == [240.0]


def test_a_day_named_as_the_end_is_included_and_an_instant_is_not(client: APIClient, north: Zone) -> None:
    days = client.get("/api/v1/zones/north/consumption/?from=2026-05-01&to=2026-05-01").json()["series"]
    assert len(days) == 1
    path = "/api/v1/zones/north/consumption/?from=2026-05-01T00:00:00%2B01:00&to=2026-05-02T00:00:00%2B01:00"
    assert client.get(path).json()["series"] == days


def test_hours_come_from_registers_close_enough_to_say(client: APIClient) -> None:
    north = town.zone("north")
    meters = [town.meter(f"MW-{number}", zone=north) for number in range(12)]
    registers = [
        Register(meter.pk, at("2026-05-04T00:00:00+01:00") + 1800 * half, 500_000 * half)
        for meter in meters[:6]
        for half in range(9)
    ]
    store_registers(registers, source=Source.TELEMETRY)
    path = "/api/v1/zones/north/consumption/?from=2026-05-04&to=2026-05-04&bucket=hour"
    series = client.get(path).json()["series"]
    assert len(series) == 24
    assert [one["value"] for one in series[:5]] == [6.0] * 4 + [None]
    assert (series[0]["coverage"], series[0]["meters_read"], series[0]["meters_total"]) == (0.5, 6, 12)


def test_a_spreadsheet_gets_rows_and_no_formula(client: APIClient, north: Zone) -> None:
    north.name_fr = "=cmd|' /C calc'!A1"
    north.save(update_fields=["name_fr"])
    answer = client.get(MAY + "&format=csv&compare=previous-year", HTTP_ACCEPT_LANGUAGE="fr")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("zone,zone_name,utility,unit,start,end,value,coverage")
    assert lines[1].startswith("north,'=cmd|' /C calc'!A1,water,m3,2026-05-01T00:00:00+01:00")
    assert len(lines) == 32


def test_figures_of_few_households_are_for_staff_who_answer_for_them(client: APIClient) -> None:
    small = town.zone("small")
    figures(small, date(2026, 5, 1), ["10"] * 31, meters=9)
    path = MAY.replace("north", "small")
    assert client.get(path).status_code == 404
    nadia, elsewhere = people.person("sup", "supervisor"), people.person("far", "supervisor")
    Jurisdiction.objects.create(user=nadia, zone=None)
    Jurisdiction.objects.create(user=elsewhere, zone=town.zone("far", -2.2))
    citizen = people.person("cit", "citizen")
    answers = {}
    for user in (nadia, elsewhere, citizen):
        client.force_authenticate(user)
        answers[user.username] = client.get(path).status_code
    assert answers == {"sup": 200, "far": 404, "cit": 404}


def test_days_with_few_households_are_withheld_from_the_public(client: APIClient, north: Zone) -> None:
    ZoneConsumption.objects.filter(zone=north, day=date(2026, 5, 3)).update(meters_total=4)
    series = client.get(MAY).json()["series"]
    assert [one["value"] for one in series[:4]] == [10.0, 10.0, None, 10.0]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=yesterday", "from"),
        ("from=2026-05-02T00:00:00", "from"),
        ("from=2026-05-02&to=2026-05-01", "from"),
        ("from=2026-01-01&to=2026-05-01&bucket=hour", "from"),
        ("from=1950-01-01&to=2026-05-01", "from"),
        ("bucket=week", "bucket"),
        ("utility=gas", "utility"),
        ("compare=last-decade", "compare"),
    ],
)
def test_what_cannot_be_answered_is_told_by_name(
    client: APIClient, north: Zone, query: str, name: str
) -> None:
    answer = client.get(f"/api/v1/zones/north/consumption/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [name]


def test_an_unknown_zone_is_not_found(client: APIClient) -> None:
    assert client.get(MAY).status_code == 404


def test_a_year_by_day_is_one_query_on_the_key(north: Zone) -> None:
    start, end = "2025-06-01", "2026-05-31"
    with CaptureQueriesContext(connection) as captured:
        APIClient().get(f"/api/v1/zones/north/consumption/?from={start}&to={end}&utility=water")
    read = [one["sql"] for one in captured if 'FROM "metering_zoneconsumption"' in one["sql"]]
    assert len(read) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + read[0])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "metering_zoneconsumption_pkey" in plan
    assert "Filter" not in plan, "zone, utility and day all narrow the index"


def test_summaries_hold_the_last_day_week_and_month_against_last_year(north: Zone) -> None:
    (found,) = queries.zone_summary("north", last_day=date(2026, 5, 30), reader=AnonymousUser())
    assert (found.day.value, found.week.value, found.month.value) == (10, 70, 300)
    assert (found.day.last_year, found.week.last_year, found.month.last_year) == (8, 56, 240)
    assert found.week.change == pytest.approx(0.25)
    assert (found.week.coverage, found.week.estimated) == (0.5, 0.25)
    assert queries.zone_summaries(last_day=date(2026, 5, 30)) == [found]


def test_summaries_of_many_zones_are_few_queries() -> None:
    for number in range(5):
        figures(town.zone(f"zone-{number}"), date(2026, 5, 1), ["1"] * 31)
    with CaptureQueriesContext(connection) as captured:
        assert len(queries.zone_summaries(last_day=date(2026, 5, 30))) == 5
    assert len(captured) == 1


def test_the_figures_of_the_api_are_those_of_the_registers(client: APIClient) -> None:
    north = town.zone("north")
    for number in range(10):
        meter = town.meter(f"MW-{number}", zone=north)
        registers = [
            Register(meter.pk, at("2026-05-01T00:00:00+01:00"), 0),
            Register(meter.pk, at("2026-06-01T00:00:00+01:00"), 31_000_000),
        ]
        store_registers(registers, source=Source.CSV)
    consolidate()
    series = client.get(MAY).json()["series"]
    assert [one["value"] for one in series] == [10.0] * 31
    assert {one["coverage"] for one in series} == {1.0}
