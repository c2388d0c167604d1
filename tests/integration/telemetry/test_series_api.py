"""History as charts, spreadsheets and analysts ask for it, and the past for the replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from rest_framework.test import APIClient

from backend.core import clock
from gis.models import Jurisdiction
from telemetry.domain import resolution, rollups
from telemetry.domain.resolution import choose_grid
from telemetry.domain.rollups import DAY, HOUR, LEVELS
from telemetry.models import DayRollup, Sensor, StoragePolicy
from telemetry.queries.gaps import coverage_of, gaps_of
from telemetry.queries.registry import load_registry
from telemetry.services.alarms import tick_alarms
from telemetry.services.ingest import ingest_messages
from telemetry.services.readings import Row, store_readings
from telemetry.services.rollups import fold
from tests.factories import core, telemetry
from tests.factories.telemetry import ago, message, payload

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def api() -> APIClient:
    user = core.salma()
    Jurisdiction.objects.create(user=user, zone=None)
    client = APIClient()
    client.force_authenticate(user)
    return client


def fill(sensor: Sensor, minutes: int, *, start: datetime = NOON, **odd: float) -> None:
    """Store one reading a minute; `m7=99` says what the seventh is."""
    values = [odd.get(f"m{n}", 5.0) for n in range(minutes)]
    rows = [
        Row(sensor.pk, at := start + timedelta(minutes=n), at, None, value, 192)
        for n, value in enumerate(values)
    ]
    store_readings(rows=rows)
    fold()


def ask(api: APIClient, code: str, end: datetime, **query: Any) -> Any:
    window = {"from": NOON.isoformat(), "to": end.isoformat()}
    return api.get(f"/api/v1/sensors/{code}/readings/", window | query)


@pytest.mark.parametrize("points", [2, 5, 50, 170, 500, 1500])
def test_there_are_never_more_points_than_asked_for_and_extremes_stay(api: APIClient, points: int) -> None:
    sensor = telemetry.logger()
    fill(sensor, 600, m123=99, m400=-99)
    body = ask(api, sensor.code, NOON + timedelta(minutes=600), points=points).json()
    found = body["results"]
    assert 1 <= len(found) <= points
    lows = [point.get("min", point["value"]) for point in found]
    highs = [point.get("max", point["value"]) for point in found]
    assert (min(lows), max(highs)) == (-99, 99)
    assert sum(point.get("count", 1) for point in found) == 600
    assert body["coverage"] == pytest.approx(1, abs=0.2)
    assert (body["resolution"] == "raw") is (points >= 600)


def test_a_window_of_years_is_answered_in_local_days(api: APIClient) -> None:
    sensor = telemetry.logger(expected_interval_s=3600)
    start = NOON - timedelta(days=200)
    store_readings(
        rows=[Row(sensor.pk, at := start + timedelta(days=n), at, None, n, 192) for n in range(100)]
    )
    fold()
    query = {"from": start.isoformat(), "to": (start + timedelta(days=365)).isoformat(), "points": 40}
    body = api.get(f"/api/v1/sensors/{sensor.code}/readings/", query).json()
    assert (body["resolution"], body["width_s"]) == ("1d", 14 * 86_400)
    assert len(body["results"]) <= 40
    assert sum(point["count"] for point in body["results"]) == 100
    for at in (datetime.fromisoformat(point["at"]) for point in body["results"]):
        assert clock.day_bounds(clock.local_day(at))[0] == at


def test_a_resolution_asked_for_is_given_or_refused_never_coarsened(api: APIClient) -> None:
    sensor = telemetry.logger()
    fill(sensor, 120)
    end = NOON + timedelta(minutes=120)
    assert len(ask(api, sensor.code, end, resolution="1m").json()["results"]) == 120
    assert len(ask(api, sensor.code, end, resolution="1h").json()["results"]) == 2
    refused = ask(api, sensor.code, end, resolution="1m", points=50)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_a_bucket_says_mean_extremes_ends_quality_and_coverage(api: APIClient) -> None:
    sensor = telemetry.logger()
    fill(sensor, 10, m0=1, m3=8, m9=3)
    (point,) = ask(api, sensor.code, NOON + timedelta(minutes=15), resolution="15m").json()["results"]
    assert point == {
        "at": "2026-05-04T12:00:00Z", "value": 4.7, "min": 1, "max": 8, "first": 1, "last": 3,
        "count": 10, "quality": 192, "coverage": pytest.approx(10 / 15, abs=1e-4),
    }  # fmt: skip


def test_what_is_not_folded_yet_is_in_the_answer(api: APIClient) -> None:
    sensor = telemetry.logger(expected_interval_s=1)
    start = ago(120)
    rows = [Row(sensor.pk, at := start + timedelta(seconds=n), at, None, n, 192) for n in range(100)]
    store_readings(rows=rows)
    query = {"from": ago(3600).isoformat(), "points": 90}
    body = api.get(f"/api/v1/sensors/{sensor.code}/readings/", query).json()
    assert body["resolution"] == "1m"
    assert sum(point["count"] for point in body["results"]) == 100


def test_a_window_of_the_past_ends_where_it_ends(api: APIClient) -> None:
    sensor = telemetry.logger()
    fill(sensor, 600)
    found = ask(api, sensor.code, NOON + timedelta(minutes=200), points=50).json()["results"]
    assert sum(point["count"] for point in found) == 200


def test_gaps_are_listed_and_lower_the_coverage(api: APIClient) -> None:
    sensor = telemetry.logger()
    fill(sensor, 60)
    fill(sensor, 60, start=NOON + timedelta(minutes=120))
    end = NOON + timedelta(minutes=180)
    hole = {"from": "2026-05-04T12:59:00Z", "to": "2026-05-04T14:00:00Z"}
    body = ask(api, sensor.code, end, points=500).json()
    assert body["gaps"] == [hole]
    assert body["coverage"] == pytest.approx(2 / 3, abs=0.01)
    (found,) = ask(api, sensor.code, end, points=100).json()["gaps"]
    assert found == hole | {"from": "2026-05-04T13:00:00Z"}
    assert coverage_of(sensor, NOON, end, now=end) == pytest.approx(2 / 3, abs=0.01)
    assert gaps_of(sensor, NOON, end, now=end, missed=90).intervals == []


def test_a_spreadsheet_gets_no_formula_and_an_analyst_gets_arrow(api: APIClient) -> None:
    sensor = telemetry.sensor(telemetry.device("-PL"))
    fill(sensor, 3, m1=7)
    text = ask(api, sensor.code, NOON + timedelta(hours=1), format="csv")
    assert text.headers["Content-Type"].startswith("text/csv")
    header, first, *_ = text.content.decode().splitlines()
    assert header == "sensor,at,value,min,max,first,last,count,quality,coverage"
    assert first.startswith("'-PL.pressure_kpa,2026-05-04T12:00:00Z,5.0")
    empty = telemetry.sensor(telemetry.device("PL-2"))
    assert ask(api, empty.code, NOON + timedelta(hours=1), format="csv").content.decode().split() == [header]
    answer = ask(api, sensor.code, NOON + timedelta(hours=1), format="arrow")
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table["value"].to_pylist() == [5, 7, 5]
    assert table["at"].to_pylist()[0] == NOON
    assert table.schema.metadata[sensor.code.encode()] == b"kPa"
    assert ask(api, sensor.code, NOON - timedelta(hours=1), format="arrow").json()["code"] == "invalid"


def test_several_sensors_are_answered_in_the_order_asked_for(api: APIClient) -> None:
    for code in ("PL-1", "PL-2", "PL-3"):
        fill(telemetry.logger(code), 30)
    query = {"from": NOON.isoformat(), "to": (NOON + timedelta(hours=1)).isoformat(), "points": 40}
    codes = ["PL-3.pressure_kpa", "PL-1.pressure_kpa"]
    body = api.get("/api/v1/readings/", query | {"sensors": ",".join(codes)}).json()
    assert [one["sensor"] for one in body["series"]] == codes
    assert all(len(one["results"]) == 30 for one in body["series"])
    missing = api.get("/api/v1/readings/", query | {"sensors": "PL-1.pressure_kpa,nobody"})
    assert (missing.status_code, "nobody" in missing.content.decode()) == (404, True)
    many = ",".join(f"s{n}" for n in range(21))
    assert api.get("/api/v1/readings/", {"sensors": many}).status_code == 400


def test_a_level_that_is_no_longer_kept_is_not_asked() -> None:
    StoragePolicy.objects.create(raw_days=10, minute_days=20, quarter_days=30)
    levels = set(LEVELS[3:])
    grid = choose_grid(NOON, NOON + timedelta(hours=2), points=500, levels=levels)
    assert (grid.level, grid.width_s) == (HOUR, 3600)
    assert choose_grid(NOON, NOON + timedelta(days=9), points=12, levels=levels).level == DAY


def test_a_chart_costs_a_fixed_number_of_queries(api: APIClient, django_assert_max_num_queries: Any) -> None:
    sensor = telemetry.logger()
    fill(sensor, 200)
    with django_assert_max_num_queries(8):
        ask(api, sensor.code, NOON + timedelta(hours=4), points=50)


def test_the_past_shows_the_values_and_alarms_of_then(api: APIClient) -> None:
    sensor = telemetry.logger()
    telemetry.low_limit(sensor)
    for seq, (age, value) in enumerate([(7200, 400), (3600, 200), (60, 410)]):
        received = ago(age)
        sent = [message(payload(seq, received, pressure_kpa=value), received_at=received)]
        ingest_messages(messages=sent, registry=load_registry(protocol="mqtt"), now=received)
        tick_alarms(now=received + timedelta(seconds=50))
    then = api.get("/api/v1/replay/", {"at": ago(3590 - 600).isoformat()}).json()
    assert [(row["sensor"], row["value"], row["stale"]) for row in then["results"]] == [
        (sensor.code, 200, True)
    ]
    assert [alarm["state"] for alarm in then["alarms"]] == ["active_unacknowledged"]
    before = api.get("/api/v1/replay/", {"at": ago(7100).isoformat()}).json()
    assert ([row["value"] for row in before["results"]], before["alarms"]) == ([400], [])
    assert api.get("/api/v1/replay/", {"at": "1990-01-01T00:00:00Z"}).status_code == 400


def test_a_table_may_be_asked_for_by_the_header_alone(api: APIClient) -> None:
    sensor = telemetry.logger()
    fill(sensor, 3, start=clock.now() - timedelta(minutes=10))
    url = f"/api/v1/sensors/{sensor.code}/readings/"
    told = api.get(url, headers={"accept": "text/csv"}).content.decode()
    assert told.splitlines()[0].startswith("sensor,at,value")
    stream = api.get(url, headers={"accept": "application/vnd.apache.arrow.stream"}).content
    assert pa.ipc.open_stream(stream).read_all().num_rows == 3


def test_days_are_those_of_our_own_rules_of_local_time_whatever_the_database_knows(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rollups, resolution):
        monkeypatch.setattr(module, "LOCAL", ZoneInfo("Etc/GMT-9"))
    sensor = telemetry.logger(expected_interval_s=1800)
    now = clock.now()
    rows = [Row(sensor.pk, at := now - timedelta(minutes=30 * n), at, None, 1.0, 192) for n in range(200)]
    store_readings(rows=rows)
    fold()
    assert {day.start.hour for day in DayRollup.objects.all()} == {15}
    query = {"from": (now - timedelta(days=6)).isoformat(), "resolution": "1d"}
    found = api.get(f"/api/v1/sensors/{sensor.code}/readings/", query).json()["results"]
    assert sum(point["count"] for point in found) == 200
    assert {datetime.fromisoformat(point["at"]).hour for point in found} == {15}
