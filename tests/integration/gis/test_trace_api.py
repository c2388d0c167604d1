"""`POST /api/v1/traces/` and `manage.py trace`: what they answer, to whom."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gis.models import ConnectionPoint, Network
from gis.queries.traces import finding
from gis.services import assign_jurisdiction
from tests.factories.core import hicham, samira
from tests.factories.gis import built, customers, square, zone

pytestmark = pytest.mark.django_db
STREET = """
R1 --p0-- a ==v1== b --p1-- c ==v2== d --p2-- e
b --p3-- f ==v3== g --p4-- h
"""


@pytest.fixture
def street() -> Network:
    network = built(STREET)
    customers(network, C1="b", C2="c", C3="e", C4="h", C5="a")
    ConnectionPoint.objects.filter(code="C3").update(critical_kind="dialysis")
    return network


@pytest.fixture
def asked(street: Network) -> Any:
    client = Client(headers={"accept-language": "fr"})
    user = hicham()
    assign_jurisdiction(user=user)
    client.force_login(user)

    def ask(kind: str, place: str, **options: Any) -> Any:
        of, code = place.split(":")
        body = {"network": "rue", "kind": kind, "from": {"kind": of, "code": code}, "options": options}
        return client.post("/api/v1/traces/", body, content_type="application/json")

    return ask


def named(found: Any, role: str) -> set[str]:
    return {link["code"] for link in found.json()["links"] if link["role"] == role}


def test_an_isolation_tells_in_words_what_to_close_in_which_order_and_who_is_affected(asked: Any) -> None:
    found = asked("isolation", "pipe:p1").json()
    assert [(valve["code"], valve["feeds"]) for valve in found["valves"]] == [
        ("v1", True),
        ("v2", False),
        ("v3", False),
    ]
    assert found["explanation"][:2] == [
        "Fermez ces 3 vannes : v1, v2, v3.",
        "Commencez par ce qui reste alimenté : v1.",
    ]
    assert found["explanation"][-1] == "4 clients sont touchés. 1 d’entre eux est sensible."
    assert [point["code"] for point in found["connection_points"]["results"]] == ["C3", "C1", "C2", "C4"]
    roles = {feature["properties"]["role"] for feature in found["features"]}
    assert roles == {"isolated", "cut_off", "close"}


def test_a_valve_that_cannot_be_used_is_left_out(asked: Any) -> None:
    found = asked("isolation", "pipe:p1", skip=[{"kind": "valve", "code": "v2"}])
    assert {valve["code"] for valve in found.json()["valves"]} == {"v1", "v3"}
    assert found.json()["warning_codes"] == ["skipped_barriers"]


def test_segments_say_what_each_part_beside_would_add(asked: Any) -> None:
    found = asked("segments", "pipe:p1").json()
    told = {(one["role"], one["connection_points"], tuple(one["through"])) for one in found["segments"]}
    assert told == {
        ("segment", 2, ()),
        ("beside", 1, ("v1",)),
        ("beside", 1, ("v2",)),
        ("beside", 1, ("v3",)),
    }
    assert found["segment_key"] == "rue/b"
    assert {point["code"] for point in found["connection_points"]["results"]} == {"C1", "C2"}


def test_the_shortest_path_needs_its_end_and_is_told_in_metres(asked: Any) -> None:
    assert asked("shortest-path", "junction:a").status_code == 400
    found = asked("shortest-path", "junction:a", to={"kind": "junction", "code": "d"})
    assert named(found, "traced") == {"v1", "p1", "v2"}
    assert found.json()["counts"]["length_m"] == pytest.approx(274, abs=1)
    assert found.json()["explanation"] == ["Le chemin le plus court : 274 m, 3 liaisons."]


def test_what_feeds_several_places_names_the_nearest_device(asked: Any) -> None:
    others = [{"kind": "connection_point", "code": "C4"}]
    found = asked("common-upstream", "connection_point:C3", **{"with": others})
    assert named(found, "traced") == {"p0", "v1"}
    assert found.json()["nearest"] == {"kind": "valve", "code": "v1"}


def test_many_places_are_looked_up_at_once_and_no_more_than_stated(
    asked: Any, django_assert_max_num_queries: Any
) -> None:
    others = [{"kind": "junction", "code": code} for code in "bcdefgh"] * 20
    others += [{"kind": "connection_point", "code": f"C{number}"} for number in (1, 2, 3)] * 20
    asked("connected", "junction:a")  # reads the graph, which counted cursors cannot
    with django_assert_max_num_queries(40):
        assert asked("common-upstream", "junction:a", **{"with": others}).status_code == 200
    missing = asked("common-upstream", "junction:a", **{"with": [{"kind": "pipe", "code": "nowhere"}]})
    assert (missing.status_code, missing.json()["errors"]) == (404, {"from": ["pipe nowhere"]})
    skipped = [{"kind": "valve", "code": "v1"}] * 1001
    assert asked("isolation", "pipe:p1", skip=skipped).status_code == 400


def test_a_part_too_large_to_list_is_told_by_its_boundary_and_its_critical_customers(
    asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "SEGMENT_LIMIT", 3)
    found = asked("connected", "junction:a").json()
    assert found["warning_codes"] == ["too_large"]
    assert (found["links"], found["truncated"], found["counts"]["links"]) == ([], True, 8)
    assert found["connection_points"] == {
        "count": None,
        "critical": 1,
        "results": [one for one in found["connection_points"]["results"] if one["code"] == "C3"],
    }


def test_customers_out_of_a_readers_sight_are_counted_and_not_named(street: Network) -> None:
    someone = samira()
    zone("here", square(-2.3195, 34.9195, 0.003))
    assign_jurisdiction(user=someone, zone_code="here")
    client = Client()
    client.force_login(someone)
    place = {"kind": "junction", "code": "b"}
    body = {"network": "rue", "kind": "downstream", "from": place}
    found = client.post("/api/v1/traces/", body, content_type="application/json").json()
    seen = {point["code"] for point in found["connection_points"]["results"]}
    assert found["connection_points"]["count"] == 4
    assert seen < {"C1", "C2", "C3", "C4"}


def test_the_command_tells_the_same_in_the_terminal(street: Network) -> None:
    out = StringIO()
    call_command("trace", "rue", "isolation", "pipe:p1", "--skip", "valve:v2", stdout=out)
    assert "valve v1 (close)" in out.getvalue()
    assert "v2 (close)" not in out.getvalue()
    out = StringIO()
    call_command("trace", "rue", "common-upstream", "junction:e", "junction:h", "--json", stdout=out)
    assert json.loads(out.getvalue())["nearest"]["code"] == "v1"


@pytest.mark.parametrize(
    "words",
    [
        ("rue", "upstream", "nowhere"),
        ("rue", "upstream", "pipe:nowhere"),
        ("allee", "upstream", "pipe:p1"),
        ("rue", "shortest-path", "pipe:p1"),
    ],
)
def test_the_command_says_what_it_does_not_understand(street: Network, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("trace", *words)


def test_a_valve_to_skip_that_is_not_there_and_an_option_that_nothing_reads_are_refused(asked: Any) -> None:
    unknown = asked("isolation", "pipe:p1", skip=[{"kind": "valve", "code": "v9"}])
    assert (unknown.status_code, unknown.json()["errors"]) == (404, {"skip": ["valve v9"]})
    misspelt = asked("isolation", "pipe:p1", skips=[{"kind": "valve", "code": "v2"}])
    assert (misspelt.status_code, list(misspelt.json()["errors"])) == (400, ["options"])
    with pytest.raises(CommandError, match="valve v9"):
        call_command("trace", "rue", "isolation", "pipe:p1", "--skip", "valve:v9")
