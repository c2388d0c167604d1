"""Zones as they were at an instant, and what was done to them since, by whom and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString
from django.test import Client

from backend.core import clock
from backend.core.models import User
from gis.models import Zone
from gis.queries.zone_changes import zone_changes
from gis.services import (
    NewZone,
    assign_jurisdiction,
    close_zone,
    describe_zone,
    draw_zone,
    redraw_zone,
    split_zone,
)
from tests.factories.core import salma
from tests.factories.gis import square, zone
from tests.integration.gis.test_zone_changes import DAY, JULY, JUNE, MAY

pytestmark = pytest.mark.django_db

SMALL, LARGE = square(-2.32, 34.92, 0.01), square(-2.32, 34.92, 0.02)
LIST = "/api/v1/zones/"


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(clock, "now", lambda: JULY)
    user = salma()
    assign_jurisdiction(user=user)
    return user


@pytest.fixture
def office(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def listed(client: Client, at: datetime | str | None = None, **more: str) -> dict[str, Any]:
    asked = {"at": at.isoformat() if isinstance(at, datetime) else at} if at else {}
    features = client.get(LIST, {**asked, **more}).json()["features"]
    return {one["properties"]["code"]: one for one in features}


def east_of(feature: dict[str, Any]) -> float:
    return round(float(GEOSGeometry(json.dumps(feature["geometry"])).extent[2]), 4)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_zones_are_listed_as_they_lay_at_an_instant_with_their_periods(
    office: Client, supervisor: User
) -> None:
    zone("a", SMALL)
    draw_zone(new=NewZone("b", "dma", "B", "ب", square(-2.25, 34.92), valid_from=MAY))
    redraw_zone(code="a", geom=LARGE, at=JUNE, actor=supervisor)
    close_zone(code="b", at=JUNE, actor=supervisor)

    before, now = listed(office, JUNE - DAY), listed(office)
    assert (set(before), set(now)) == ({"a", "b"}, {"a"})
    assert (east_of(before["a"]), east_of(now["a"])) == (-2.31, -2.30)
    told = before["b"]["properties"]
    assert (instant(told["valid_from"]), instant(told["valid_to"])) == (MAY, JUNE)
    assert set(listed(office, MAY - DAY)) == {"a"}
    beyond = "-2.308,34.92,-2.305,34.93"
    assert (set(listed(office, JUNE - DAY, bbox=beyond)), set(listed(office, bbox=beyond))) == (set(), {"a"})
    assert office.get(f"{LIST}b/").status_code == 404
    assert office.get(f"{LIST}b/", {"at": (JUNE - DAY).isoformat()}).status_code == 200


@pytest.mark.parametrize("at", ["yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1"])
def test_an_instant_that_is_none_is_refused(client: Client, at: str) -> None:
    answer = client.get(LIST, {"at": at})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["at"])


def test_a_zone_tells_who_did_what_to_it_and_where_it_lay_before(office: Client, supervisor: User) -> None:
    zone("a", SMALL)
    redraw_zone(code="a", geom=LARGE, at=MAY, actor=supervisor, reason="Vanne fermée")
    describe_zone(code="a", name_fr="Alpha", name_ar="ألفا", parent=None, actor=supervisor)
    close_zone(code="a", at=JUNE, actor=supervisor, reason="Remplacée")

    closed, named, redrawn = office.get(f"{LIST}a/history/").json()["results"]
    assert [one["what"] for one in (closed, named, redrawn)] == ["closed", "described", "redrawn"]
    assert {one["by"] for one in (closed, named, redrawn)} == {"Salma Alami"}
    assert (redrawn["reason"], instant(redrawn["as_of"])) == ("Vanne fermée", MAY)
    assert redrawn["before"]["coordinates"] != redrawn["after"]["coordinates"]
    assert (named["before"], named["after"]) == (None, None)
    assert {one["field"] for one in named["differences"]} == {"name_fr", "name_ar"}
    (end,) = closed["differences"]
    assert (end["field"], end["before"], instant(end["after"])) == ("ended_at", None, JUNE)


def test_a_split_is_told_of_the_zone_that_ended(supervisor: User) -> None:
    zone("a", SMALL)
    split_zone(
        code="a",
        line=LineString((-2.315, 34.91), (-2.315, 34.94), srid=4326),
        at=JUNE,
        actor=supervisor,
        reason="Trop grande",
    )
    (deed,) = zone_changes("a").changes
    assert (deed.what, deed.by, deed.reason) == ("split", "Salma Alami", "Trop grande")


def test_a_long_history_comes_in_pages(office: Client) -> None:
    zone("a", SMALL)
    for number in range(12):
        Zone.objects.filter(code="a").update(name_fr=f"A{number}", version=number + 2)
    page = office.get(f"{LIST}a/history/").json()
    rest = office.get(page["next"]).json()
    versions = [one["version"] for one in page["results"] + rest["results"]]
    assert (versions, rest["next"]) == (list(range(13, 1, -1)), None)
    assert office.get(f"{LIST}a/history/", {"cursor": "x"}).status_code == 400
    assert office.get(f"{LIST}nowhere/history/").status_code == 404


def test_the_page_of_a_zone_tells_its_history(office: Client, supervisor: User) -> None:
    zone("a", SMALL)
    redraw_zone(code="a", geom=LARGE, at=MAY, actor=supervisor, reason="Vanne fermée")
    page = office.get("/network/zones/of/a/", headers={"Accept-Language": "en"}).content.decode()
    history = page.split('data-testid="zone-history"')[1].split("</ol>")[0]
    for words in ("Redrawn", "Salma Alami", "Vanne fermée", "1.01 → 4.05 km²"):
        assert words in history, words
