"""The quality queue over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gis import tasks
from gis.models import Network, QualityFinding, QualityRun
from gis.services import assign_jurisdiction, check_networks
from tests.factories.core import hicham, salma
from tests.factories.gis import built, square, zone
from tests.integration.gis.test_quality_checks import EDGE, at, pipe

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/quality-findings/"


@pytest.fixture
def found() -> QualityFinding:
    """An end 30 cm beside a pipe, and what follows from it."""
    network = built(EDGE)
    pipe(network, "p9", "x", "y", at(50, 0.3), at(50, 60))
    check_networks()
    return QualityFinding.objects.get(check_code="unsnapped_end")


@pytest.fixture
def supervisor(client: Client) -> Client:
    user = salma()
    assign_jurisdiction(user=user)
    client.force_login(user)
    return client


def send(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"{ADDRESS}{path}", body, content_type="application/json")


def test_findings_are_listed_with_words_and_place(found: QualityFinding, supervisor: Client) -> None:
    answer = supervisor.get(
        f"{ADDRESS}?check=unsnapped_end&network=rue&state=open", headers={"Accept-Language": "en"}
    )
    (feature,) = answer.json()["features"]
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["reason"].startswith("This end stops 0.30 m from pipe")
    assert (feature["properties"]["repair"], feature["properties"]["subject_code"]) == ("join_link", "x")
    assert supervisor.get(f"{ADDRESS}?bbox=0,0,1,1").json()["features"] == []
    assert supervisor.get(f"{ADDRESS}?chek=island").status_code == 400


def test_a_list_holds_to_a_few_queries(
    found: QualityFinding, supervisor: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        assert len(supervisor.get(ADDRESS).json()["features"]) == QualityFinding.objects.count() > 2


def test_a_finding_is_repaired_and_its_repair_undone(found: QualityFinding, supervisor: Client) -> None:
    repaired = send(supervisor, f"{found.pk}/repair/", version=1)
    assert repaired.json()["properties"]["state"] == "repaired"
    assert send(supervisor, f"{found.pk}/repair/", version=1).status_code == 409
    reopened = send(supervisor, f"{found.pk}/reopen/", version=2)
    assert (reopened.status_code, reopened.json()["properties"]["state"]) == (200, "open")


def test_several_are_decided_at_once(found: QualityFinding, supervisor: Client) -> None:
    ids = list(QualityFinding.objects.values_list("pk", flat=True))
    decided = send(supervisor, "repair-several/", ids=ids).json()
    assert (decided["done"], len(decided["refused"])) == (1, len(ids) - 2), "an island is its end's repair"
    assert send(supervisor, "ignore-several/", ids=ids).status_code == 400
    open_ids = list(QualityFinding.objects.filter(state="open").values_list("pk", flat=True))
    ignored = send(supervisor, "ignore-several/", ids=open_ids, reason="bouchon").json()
    assert ignored == {"done": len(open_ids), "refused": {}}
    assert send(supervisor, "repair-several/", ids=open_ids, repair="burn").status_code == 400
    assert send(supervisor, "repair-several/", ids=[]).status_code == 400


def test_a_finding_offers_its_repairs_and_takes_the_one_named(
    found: QualityFinding, supervisor: Client
) -> None:
    island = supervisor.get(f"{ADDRESS}?check=island").json()["features"][0]
    assert island["properties"]["repairs"] == ["join_link", "separate_island"]
    named = send(supervisor, f"{island['id']}/repair/", version=1, repair="separate_island").json()
    assert (named["properties"]["state"], named["properties"]["repair"]) == ("repaired", "separate_island")
    dangling = QualityFinding.objects.filter(check_code="dangling_end").values_list("pk", flat=True)
    assert send(supervisor, "repair-several/", ids=list(dangling), repair="cap_end").json()["done"] == 2


def test_places_are_points_where_few_and_cells_with_counts_where_many(
    found: QualityFinding, supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{ADDRESS}places/?state=open&bbox=-2.4,34.9,-2.3,35.0"
    features = supervisor.get(address).json()["features"]
    assert {feature["properties"]["count"] for feature in features} == {1}
    number = len(features)
    monkeypatch.setattr("gis.queries.quality.MOST_PLACES", 1)
    cells = supervisor.get(address).json()["features"]
    assert sum(cell["properties"]["count"] for cell in cells) == number
    assert len(cells) < number


def test_staff_decide_only_by_their_role_and_where_they_may_look(
    found: QualityFinding, client: Client
) -> None:
    dispatcher = hicham()
    zone("elsewhere", square(0, 0))
    assign_jurisdiction(user=dispatcher, zone_code="elsewhere")
    client.force_login(dispatcher)
    assert client.get(ADDRESS).json()["features"] == []
    assert client.get(f"{ADDRESS}{found.pk}/").status_code == 404
    assert send(client, f"{found.pk}/repair/", version=1).status_code == 403


def test_checks_are_listed_with_what_is_open_and_started_on_demand(
    found: QualityFinding, supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = supervisor.get("/api/v1/quality-checks/").json()["results"]
    assert {check["code"]: check["open"] for check in listed}["unsnapped_end"] == 1
    assert "point_without_meter" in {check["code"] for check in listed}
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.check_networks, "apply_async", lambda given, **how: asked.append(given))
    body = {"network": "rue", "tolerance_m": 1.5}
    answer = supervisor.post("/api/v1/quality-checks/", body, content_type="application/json")
    assert answer.status_code == 202
    tasks.check_networks(*asked[0])
    last = QualityRun.objects.filter(network=Network.objects.get()).latest("started_at")
    assert (last.tolerance_m, last.actor.username if last.actor else "") == (1.5, "salma")
