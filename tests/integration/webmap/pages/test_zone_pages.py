"""The staff's pages of zones: in their hierarchy and time, drawn, redrawn, split, joined, ended, accepted."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from gis.models import Zone, ZoneProposal
from gis.services import assign_jurisdiction, derive_memberships, propose_zones
from tests.factories import core as cast
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db

WEST, EAST = square(-2.3205, 34.9190, 0.002), square(-2.3185, 34.9190, 0.002)
WIDER = square(-2.3205, 34.9190, 0.003)


@pytest.fixture(autouse=True)
def street() -> None:
    customers(built("R1 --p1-- a --p2-- b >>prv1>> c --p3-- d"), C1="R1", C2="a", C3="b", C4="c", C5="d")
    since = clock.now() - timedelta(days=400)
    zone("town", square(-2.33, 34.91, 0.02), kind="commune", since=since)
    zone("west", WEST, parent="town", utility="water", since=since)
    zone("east", EAST, parent="town", utility="water", since=since)
    derive_memberships()


def browser(person: object, **options: object) -> Client:
    made = Client(headers={"Accept-Language": "en"})
    made.force_login(person)  # type: ignore[arg-type]
    return made


@pytest.fixture
def salma() -> Client:
    person = cast.salma()
    assign_jurisdiction(user=person)
    return browser(person)


def test_the_list_shows_the_hierarchy_with_members(salma: Client) -> None:
    page = salma.get("/network/zones/")
    depths = {line["row"].zone.code: (line["indent"], line["row"].members) for line in page.context["rows"]}
    assert depths == {"town": (0, 5), "west": (1, 2), "east": (1, 2)}


def test_the_list_shows_zones_as_they_were_on_a_day(salma: Client) -> None:
    day = (clock.now() - timedelta(days=500)).date().isoformat()
    assert salma.get("/network/zones/", {"at": day}).context["rows"] == []
    outlines = json.loads(salma.get("/network/zones/outlines.json", {"kind": "dma"}).content)
    assert {one["properties"]["code"] for one in outlines["features"]} == {"west", "east"}


def test_days_are_written_as_people_write_them_here_in_any_browser(salma: Client) -> None:
    day = clock.now() - timedelta(days=500)
    listed = salma.get("/network/zones/", {"at": f"{day:%d/%m/%Y}"})
    assert listed.context["rows"] == []
    assert f'value="{day:%d/%m/%Y}"' in listed.content.decode()
    assert 'type="date"' not in listed.content.decode()
    today = clock.local_day(clock.now())
    assert f'value="{today:%d/%m/%Y}"' in salma.get("/network/zones/draw/").content.decode()


def test_a_refused_form_of_a_zone_comes_back_as_it_was_filled_in(salma: Client) -> None:
    asked = {
        "others": "nowhere",
        "code": "both",
        "name_fr": "Les deux",
        "name_ar": "الاثنان",
        "at": "31/02/2026",
    }
    refused = salma.post("/network/zones/of/west/merge/", asked)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="Les deux"' in page
    assert 'value="31/02/2026"' in page
    assert page.count('more-panel no-print" open') == 1


def test_the_list_costs_the_same_with_many_zones(salma: Client, django_assert_max_num_queries: Any) -> None:
    salma.get("/network/zones/")
    with django_assert_max_num_queries(12):
        salma.get("/network/zones/")


def test_a_zone_is_drawn_on_the_page(salma: Client) -> None:
    asked = {
        "code": "north",
        "kind": "dma",
        "utility": "water",
        "name_fr": "Nord",
        "name_ar": "الشمال",
        "parent": "town",
        "at": clock.local_day(clock.now()),
        "neighbours": "take",
        "outline": square(-2.3165, 34.9190, 0.002).json,
    }
    answer = salma.post("/network/zones/draw/", asked)
    assert answer.status_code == 302
    assert Zone.objects.get(code="north").memberships.count() == 1
    again = salma.post("/network/zones/draw/", asked)
    assert again.status_code == 422
    assert "taken" in again.content.decode()


def test_a_boundary_is_moved_and_its_periods_are_shown(salma: Client) -> None:
    asked = {
        "version": 1,
        "at": clock.local_day(clock.now()) - timedelta(days=30),
        "reason": "Vanne V12 fermée",
        "neighbours": "take",
        "outline": WIDER.json,
    }
    assert salma.post("/network/zones/of/west/redraw/", asked).status_code == 302
    page = salma.get("/network/zones/of/west/")
    assert len(page.context["history"].periods) == 2
    assert "Vanne V12 fermée" in page.content.decode()
    assert page.context["history"].members == 3
    late = salma.post("/network/zones/of/west/redraw/", {**asked, "at": clock.local_day(clock.now())})
    assert late.status_code == 409, "the version seen is no longer the zone's"
    drawn = json.loads(salma.get("/network/zones/of/west/outlines.json").content)
    assert sorted(one["properties"]["role"] for one in drawn["features"]) == ["former", "neighbour", "zone"]


def test_what_is_no_outline_is_refused_in_words(salma: Client) -> None:
    asked = {"version": 1, "at": clock.local_day(clock.now()), "neighbours": "take", "outline": "{oops"}
    answer = salma.post("/network/zones/of/west/redraw/", asked)
    assert answer.status_code == 422
    assert "not an outline" in answer.content.decode()


def test_a_zone_is_split_joined_described_and_ended(salma: Client) -> None:
    day = clock.local_day(clock.now()) - timedelta(days=20)
    line = {"type": "LineString", "coordinates": [[-2.3195, 34.9180], [-2.3195, 34.9220]]}
    split = {"version": 1, "at": day, "outline": json.dumps(line)}
    assert salma.post("/network/zones/of/west/split/", split).status_code == 302
    joined: dict[str, Any] = {
        "others": "west-2",
        "code": "west-again",
        "name_fr": "Ouest",
        "name_ar": "الغرب",
    }
    joined |= {"at": day + timedelta(days=1)}
    assert salma.post("/network/zones/of/west-1/merge/", joined).status_code == 302
    names = {"version": 1, "name_fr": "Couchant", "name_ar": "المغرب", "parent": "town"}
    assert salma.post("/network/zones/of/west-again/describe/", names).status_code == 302
    done = salma.post("/network/zones/of/west-again/close/", {"version": 2, "at": day + timedelta(days=2)})
    assert done.status_code == 302
    assert Zone.objects.get(code="west-again").valid.upper is not None


def test_proposals_are_made_shown_and_accepted(salma: Client) -> None:
    made = salma.post("/network/zones/proposals/run/", {"network": "rue", "fewest": 2, "borders": ""})
    assert made.status_code == 302
    page = salma.get("/network/zones/proposals/")
    ids = [one.pk for one in page.context["page"]]
    assert len(ids) == 2
    shown = json.loads(salma.get("/network/zones/proposals/outlines.json").content)
    assert len(shown["features"]) == 2
    salma.post("/network/zones/proposals/decide/", {"proposal": ids[0], "decision": "redraw"})
    salma.post("/network/zones/proposals/decide/", {"proposal": ids[1], "decision": "dismiss"})
    assert set(ZoneProposal.objects.values_list("state", flat=True)) == {"accepted", "dismissed"}
    assert salma.post("/network/zones/proposals/decide/", {"decision": "draw"}).status_code == 422


def test_who_answers_for_one_zone_changes_that_one_only() -> None:
    person = cast.person("yasmine", "supervisor")
    assign_jurisdiction(user=person, zone_code="west")
    client = browser(person)
    assert client.get("/network/zones/of/west/redraw/").status_code == 200
    assert client.get("/network/zones/of/east/redraw/").status_code == 404
    propose_zones(network_code="rue", fewest=2)
    seen = client.get("/network/zones/proposals/").context["page"].paginator.count
    assert seen == 1


def test_nobody_widens_what_they_see_by_redrawing_their_own_zone() -> None:
    person = cast.person("yasmine", "supervisor")
    assign_jurisdiction(user=person, zone_code="west")
    client = browser(person)
    before = Zone.objects.get(code="west").geom

    def send(path: str, **body: object) -> int:
        sent = json.dumps({"version": 1, **body})
        return client.post(f"/api/v1/{path}", sent, content_type="application/json").status_code

    assert send("zones/west/redraw/", geom=json.loads(WIDER.json)) == 403
    day = clock.local_day(clock.now()) - timedelta(days=1)
    form = {"version": 1, "at": day, "reason": "x", "neighbours": "take", "outline": WIDER.json}
    page = client.post("/network/zones/of/west/redraw/", form)
    assert page.status_code == 403
    propose_zones(network_code="rue", fewest=2)
    proposal = ZoneProposal.objects.filter(geom__intersects=before).first()
    assert proposal is not None
    assert send(f"zone-proposals/{proposal.pk}/accept/", redraw=True) == 403
    assert Zone.objects.get(code="west").geom == before
    west, south, _, north = before.extent
    smaller = square(west, south, (north - south) / 2)
    assert send("zones/west/redraw/", geom=json.loads(smaller.json)) == 200


def test_who_answers_for_a_part_of_a_zone_does_not_end_split_or_name_it() -> None:
    person = cast.person("yasmine", "supervisor")
    assign_jurisdiction(user=person, zone_code="west")
    client = browser(person)

    def send(path: str, **body: object) -> int:
        sent = json.dumps({"version": 1, **body})
        return client.post(f"/api/v1/zones/{path}", sent, content_type="application/json").status_code

    line = {"type": "LineString", "coordinates": [[-2.32, 34.89], [-2.32, 34.96]]}
    ended = {"version": 1, "at": clock.local_day(clock.now()) - timedelta(days=1), "reason": "x"}
    assert send("town/close/") == 403
    assert send("town/split/", line=line) == 403
    assert client.post("/network/zones/of/town/close/", ended).status_code == 403
    assert client.get("/network/zones/of/town/split/").status_code == 403
    described = {"version": 1, "name_fr": "X", "name_ar": "س"}
    assert client.post("/network/zones/of/town/describe/", described).status_code == 403
    assert Zone.objects.get(code="town").name_fr != "X"


@pytest.mark.parametrize(
    "line",
    [
        {"type": "Point", "coordinates": [-2.32, 34.92]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    ],
)
def test_what_is_no_line_splits_nothing(salma: Client, line: dict[str, object]) -> None:
    sent = json.dumps({"line": line, "version": 1})
    answer = salma.post("/api/v1/zones/west/split/", sent, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["line"])


def test_an_outline_that_crosses_itself_is_refused_whoever_draws_it() -> None:
    person = cast.person("yasmine", "supervisor")
    assign_jurisdiction(user=person, zone_code="west")
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    names = {"code": "bow", "kind": "dma", "name_fr": "X", "name_ar": "س"}
    for path, more in (("zones/", names), ("zones/west/redraw/", {"version": 1})):
        sent = json.dumps({"geom": bow, **more})
        french = {"content_type": "application/json", "headers": {"Accept-Language": "fr"}}
        answer = browser(person).post(f"/api/v1/{path}", sent, **french)  # type: ignore[arg-type]
        assert answer.status_code == 400, path
        assert "se croise" in answer.content.decode(), path


def test_the_api_draws_redraws_splits_joins_and_tells_the_periods(salma: Client) -> None:
    def send(path: str, **body: object) -> dict[str, object]:
        answer = salma.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        assert answer.status_code in {200, 201}, answer.content
        return dict(answer.json())

    ground = json.loads(square(-2.3165, 34.9190, 0.002).json)
    names = {"name_fr": "Nord", "name_ar": "الشمال"}
    month = (clock.now() - timedelta(days=30)).isoformat()
    send("zones/", code="north", kind="dma", geom=ground, at=month, **names)
    moved = send("zones/west/redraw/", geom=json.loads(WIDER.json), neighbours="take", version=1)
    assert moved["neighbours"] == ["east"]
    assert moved["memberships"] == {"begun": 1, "ended": 1}
    line = {"type": "LineString", "coordinates": [[-2.3195, 34.9180], [-2.3195, 34.9230]]}
    assert len(send("zones/west/split/", line=line, version=2)["after"]) == 2  # type: ignore[arg-type]
    send("zones/merge/", codes=["west-1", "west-2"], code="all", **names)
    send("zones/north/close/", version=1)
    told = salma.get("/api/v1/zones/east/periods/").json()
    assert [one["to"] is None for one in told["periods"]] == [True, False]
    stale = salma.post("/api/v1/zones/east/close/", {"version": 1}, content_type="application/json")
    assert stale.status_code == 409


def test_the_api_proposes_and_takes_proposals(salma: Client) -> None:
    kind = "application/json"
    made = salma.post("/api/v1/zone-proposals/", {"network": "rue", "fewest": 2}, content_type=kind)
    assert made.json() == {"proposed": 2}
    first, second = salma.get("/api/v1/zone-proposals/").json()["results"]
    assert first["evidence"]["supplied"] is True
    taken = salma.post(
        f"/api/v1/zone-proposals/{first['id']}/accept/", {"neighbours": "take"}, content_type=kind
    )
    assert taken.json()["zone"]["code"] == first["code"]
    gone = salma.post(f"/api/v1/zone-proposals/{second['id']}/dismiss/", {}, content_type=kind)
    assert gone.status_code == 204
    assert salma.get("/api/v1/zone-proposals/").json()["results"] == []
