"""Complaints per zone: counted where they were filed, by local day, with what is unknown told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.core import clock
from backend.core.errors import InvalidInput, NotFound
from maintenance import queries, services
from maintenance.models import Report
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town

pytestmark = pytest.mark.django_db
MONDAY = datetime(2025, 6, 2, 10, tzinfo=UTC)


def filed(at: datetime, place: tuple[float, float] | None = make.NEAR_B, **values: Any) -> Report:
    report = make.report(place, **values)
    Report.objects.filter(pk=report.pk).update(submitted_at=at)
    return report


def series(zone: str, **values: Any) -> list[tuple[int, int]]:
    found = queries.zone_complaints(
        zone_code=zone, start=MONDAY - timedelta(hours=12), end=MONDAY + timedelta(days=2), **values
    )
    return [(bucket.value, bucket.open) for bucket in found.series]


def test_each_zone_counts_what_was_filed_in_it(town: Town) -> None:
    filed(MONDAY)
    filed(MONDAY, make.NEAR_D)
    filed(MONDAY + timedelta(days=1), category="visible-leak")
    assert series("dma-west") == [(0, 0), (1, 1), (1, 1), (0, 0)]
    assert series("dma-east") == [(0, 0), (1, 1), (0, 0), (0, 0)]
    assert series("berkane") == [(0, 0), (2, 2), (1, 1), (0, 0)]


def test_a_local_day_begins_at_local_midnight(town: Town) -> None:
    filed(datetime(2025, 6, 1, 23, 30, tzinfo=UTC))
    assert series("dma-west")[1] == (1, 1), "half past midnight on Monday in Berkane"


def test_what_is_over_is_no_longer_open_and_what_was_none_is_not_counted(town: Town) -> None:
    refused, closed = filed(MONDAY), filed(MONDAY)
    services.transition_report(report=refused, to="rejected", actor=town.hicham, reason="plaisanterie")
    make.incident(town.hicham, closed)
    for step in ("in_progress", "resolved"):
        services.transition_report(report=closed, to=step, actor=town.hicham)
    assert series("dma-west")[1] == (1, 0)


def test_coverage_is_the_share_of_reports_whose_place_is_known(town: Town) -> None:
    filed(MONDAY)
    filed(MONDAY, None)
    found = queries.zone_complaints(zone_code="dma-west", start=MONDAY, end=MONDAY + timedelta(days=2))
    assert [bucket.coverage for bucket in found.series] == [0.5, None, None]
    assert found.coverage == 0.5
    assert found.by_category == {"no-water": 1}


def test_a_zone_that_was_redrawn_keeps_what_was_filed_in_it(town: Town) -> None:
    filed(MONDAY)
    zone = make.zone("dma-west")
    zone.geom = make.box(-2.50, -2.49)
    zone.save(update_fields=["geom"])
    assert series("dma-west")[1] == (1, 1)


@pytest.mark.parametrize("bucket", ["hour", "day", "month"])
def test_every_bucket_adds_up_to_the_same(town: Town, bucket: str) -> None:
    for hours in (0, 1, 20):
        filed(MONDAY + timedelta(hours=hours))
    assert sum(value for value, _ in series("dma-west", bucket=bucket)) == 3


def test_a_utility_narrows_it(town: Town) -> None:
    filed(MONDAY)
    filed(MONDAY, category="no-power")
    assert series("dma-west", utility="electricity")[1] == (1, 1)


def test_an_unknown_zone_or_too_long_a_period_is_told(town: Town) -> None:
    with pytest.raises(NotFound):
        series("atlantis")
    with pytest.raises(InvalidInput):
        queries.zone_complaints(
            zone_code="dma-west", start=MONDAY, end=MONDAY + timedelta(days=400), bucket="hour"
        )
    with pytest.raises(InvalidInput):
        queries.zone_complaints(zone_code="dma-west", start=MONDAY, end=MONDAY)


def test_anyone_reads_the_figures(town: Town, anyone: APIClient) -> None:
    filed(MONDAY)
    answer = anyone.get("/api/v1/zones/dma-west/complaints/?from=2025-06-02&to=2025-06-03&bucket=day")
    assert answer.status_code == 200
    body = answer.json()
    assert {"zone", "unit", "coverage", "series"} <= body.keys()
    assert (body["zone"], body["unit"], body["total"]) == ("dma-west", "reports", 1)
    assert [(row["start"], row["value"]) for row in body["series"]] == [
        ("2025-06-02T00:00:00+01:00", 1),
        ("2025-06-03T00:00:00+01:00", 0),
    ]
    assert {"start", "end", "value", "open", "by_category", "coverage"} <= body["series"][0].keys()


def test_the_last_thirty_days_unless_told(town: Town, anyone: APIClient) -> None:
    make.report()
    body = anyone.get("/api/v1/zones/dma-west/complaints/").json()
    assert len(body["series"]) == 31
    assert body["total"] == 1
    assert body["series"][-1]["value"] == 1
    assert clock.now().isoformat() < body["series"][-1]["end"]


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "to=2025-13-40",
        "bucket=week",
        "utility=gas",
        "from=2025-06-03&to=2025-06-01",
        "from=0001-01-01T00:00:00Z",
        "from=9999-12-31",
    ],
)
def test_a_period_that_cannot_be_read_is_refused(town: Town, anyone: APIClient, query: str) -> None:
    answer = anyone.get(f"/api/v1/zones/dma-west/complaints/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_no_zone_no_figures(town: Town, anyone: APIClient) -> None:
    assert anyone.get("/api/v1/zones/atlantis/complaints/").status_code == 404


def test_local_days_follow_the_pinned_rules_of_time_not_the_databases(town: Town) -> None:
    """Morocco stays on UTC from 20 September 2026 on; a database of an older distribution does not know."""
    late = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
    assert clock.local_day(late).day == 10
    filed(late)
    found = queries.zone_complaints(
        zone_code="dma-west", start=late - timedelta(hours=12), end=late + timedelta(hours=12)
    )
    assert [(clock.local_day(one.start).day, one.value) for one in found.series] == [(10, 1), (11, 0)]
