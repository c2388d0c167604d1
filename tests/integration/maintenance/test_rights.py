"""Every role at every door: what each may see and do, by right and by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from backend.core.models import User
from maintenance import services
from maintenance.models import Incident, IncidentProposal, Report, WorkOrder, WorkOrderPhoto
from tests.factories import core as cast
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, client, shut, signed_in

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """One of each thing in the west of the street, and one person of each kind."""

    report: Report
    incident: Incident
    order: WorkOrder
    photo: WorkOrderPhoto
    proposal: IncidentProposal
    people: dict[str, User | None]


@pytest.fixture
def world(town: Town) -> World:
    """Samira's order in the west; Youssef is another technician; others work everywhere or in the east."""
    fatima = cast.fatima()
    report = make.report(reporter=fatima, photos=[make.photo()])
    incident = make.incident(town.hicham, report)
    draft = make.order(town.hicham, incident)
    order = services.assign(order=draft, technician=town.samira, actor=town.hicham, version=draft.version)
    photo = services.add_order_photo(order=order, author=town.samira.user, file=make.photo())
    proposal = services.consider_report(make.report().pk)
    assert proposal is not None
    people: dict[str, User | None] = {
        "anonymous": None,
        "citizen": cast.person("mehdi", "citizen"),
        "reporter": fatima,
        "agent": make.at_the_desk(cast.karim()),
        "technician": town.samira.user,
        "other technician": town.youssef.user,
        "dispatcher": town.hicham,
        "dispatcher elsewhere": make.at_the_desk(cast.person("zineb", "dispatcher"), "dma-east"),
        "dispatcher nowhere": cast.person("badr", "dispatcher"),
        "supervisor": town.salma,
        "analyst": make.at_the_desk(cast.leila()),
        "administrator": cast.omar(),
        "former dispatcher": cast.person("tarik"),
    }
    return World(report, incident, order, photo, proposal, people)


Ask = Callable[[APIClient, World], Any]


def get(url: str) -> Ask:
    return lambda client, world: client.get(url.format(w=world))


def post(url: str, **body: Any) -> Ask:
    def ask(client: APIClient, world: World) -> Any:
        filled = {key: value(world) if callable(value) else value for key, value in body.items()}
        return client.post(url.format(w=world), filled, format="json")

    return ask


DOORS: dict[str, Ask] = {
    "report photo": lambda c, w: c.get(f"/api/v1/report-photos/{w.report.photos.get().public_id}/"),
    "report transition": post("/api/v1/reports/{w.report.reference}/transitions/", to="submitted"),
    "report moderated": post("/api/v1/reports/{w.report.reference}/moderation/", decision="perhaps"),
    "incident": get("/api/v1/incidents/{w.incident.pk}/"),
    "incident transition": post("/api/v1/incidents/{w.incident.pk}/transitions/", to="suspected"),
    "incident restoration": post(
        "/api/v1/incidents/{w.incident.pk}/restoration/", expected_at="2001-01-01T00:00Z"
    ),
    "incident member": post(
        "/api/v1/incidents/{w.incident.pk}/members/", report=lambda w: w.report.reference
    ),
    "incident opened": post("/api/v1/incidents/", reports=lambda w: [w.report.reference]),
    "proposal accepted": post("/api/v1/incident-proposals/{w.proposal.pk}/accept/", version=99),
    "order": get("/api/v1/work-orders/{w.order.pk}/"),
    "order written": post("/api/v1/work-orders/", incident=lambda w: w.incident.pk, priority=9),
    "order transition": post("/api/v1/work-orders/{w.order.pk}/transitions/", to="draft"),
    "order assigned": post(
        "/api/v1/work-orders/{w.order.pk}/assign/", technician=lambda w: w.order.technician_id, version=99
    ),
    "order suggestions": get("/api/v1/work-orders/{w.order.pk}/suggestions/"),
    "order note": post("/api/v1/work-orders/{w.order.pk}/notes/", text="vu"),
    "order photo": get("/api/v1/order-photos/{w.photo.public_id}/"),
}

# Each letter is an answer: K seen or done, B past the door and the body refused (400), F forbidden (403),
# N not there (404), S past the door and the state refused (409), U who are you (401).
ANSWERS = {"K": {200, 201}, "B": {400}, "F": {403}, "N": {404}, "S": {409}, "U": {401}}
COLUMNS = (
    "anonymous", "citizen", "reporter", "agent", "technician", "other technician", "dispatcher",
    "dispatcher elsewhere", "dispatcher nowhere", "supervisor", "analyst", "administrator",
    "former dispatcher",
)  # fmt: skip
MATRIX = {
    #                       an ci re ag te ot di de dn su al ad fo
    "report photo": "        U  N  K  K  K  N  K  N  N  K  K  K  N",
    "report transition": "   U  N  S  S  S  N  S  N  N  S  S  S  N",
    "report moderated": "    U  N  F  B  F  N  B  N  N  B  F  F  N",
    "incident": "            U  N  N  K  K  N  K  N  N  K  K  K  N",
    "incident transition": " U  N  N  S  S  N  S  N  N  S  S  S  N",
    "incident restoration": "U  N  N  F  F  N  B  N  N  B  F  F  N",
    "incident member": "     U  N  N  F  F  N  K  N  N  K  F  F  N",
    "incident opened": "     U  N  F  F  F  N  B  N  N  B  F  F  N",
    "proposal accepted": "   U  N  N  N  N  N  S  N  N  S  N  N  N",
    "order": "               U  N  N  N  K  N  K  N  N  K  K  K  N",
    "order written": "       U  N  N  F  F  N  B  N  N  B  F  F  N",
    "order transition": "    U  N  N  N  S  N  S  N  N  S  S  S  N",
    "order assigned": "      U  F  F  F  F  F  S  N  N  S  F  F  F",
    "order suggestions": "   U  F  F  F  F  F  K  N  N  K  F  F  F",
    "order note": "          U  F  F  F  K  N  K  N  N  K  F  F  F",
    "order photo": "         U  N  N  N  K  N  K  N  N  K  K  K  N",
}


def test_each_role_finds_at_each_door_what_its_right_and_place_give(world: World) -> None:
    found = {door: " ".join(answers(world, ask)) for door, ask in DOORS.items()}
    assert found == {door: " ".join(row.split()) for door, row in MATRIX.items()}


def answers(world: World, ask: Ask) -> Iterator[str]:
    """Let each person ask, and undo what came of it."""
    for name in COLUMNS:
        with transaction.atomic():
            answer = ask(client_of(world, name), world)
            transaction.set_rollback(True)
        shut(answer)
        yield next((letter for letter, codes in ANSWERS.items() if answer.status_code in codes), "?")


def client_of(world: World, name: str) -> APIClient:
    """Sign someone in afresh, as each request does."""
    person = world.people[name]
    return signed_in(User.objects.get(pk=person.pk)) if person else client()


LISTS = {
    #                                   an ci re ag te ot di de dn su al ad fo
    "/api/v1/reports/": "               U  0  1  2  1  0  2  0  0  2  2  2  0",
    "/api/v1/incidents/": "             U  0  0  1  1  0  1  0  0  1  1  1  0",
    "/api/v1/work-orders/": "           U  0  0  0  1  0  1  0  0  1  1  1  0",
    "/api/v1/incident-proposals/": "    U  0  0  0  0  0  1  0  0  1  0  0  0",
}


def test_each_list_holds_what_its_reader_may_see(world: World) -> None:
    found = {url: " ".join(sizes(world, url)) for url in LISTS}
    assert found == {url: " ".join(row.split()) for url, row in LISTS.items()}


def sizes(world: World, url: str) -> Iterator[str]:
    """Count what each person finds in a list."""
    for name in COLUMNS:
        answer = client_of(world, name).get(url)
        yield str(len(answer.json()["results"])) if answer.status_code == 200 else "U"


def test_every_door_of_this_app_is_in_the_matrix_or_public() -> None:
    from maintenance.api.urls import urlpatterns

    public = {"maintenance-categories", "maintenance-report", "maintenance-zone-complaints"}
    lists = {"maintenance-reports", "maintenance-incidents", "maintenance-orders", "maintenance-proposals"}
    same_right_as_a_neighbour = {
        "maintenance-incident-unlink",
        "maintenance-proposal-dismiss",
        "maintenance-order-photos",
    }
    walked = {
        "maintenance-report-photo",
        "maintenance-report-transitions",
        "maintenance-report-moderation",
        "maintenance-incident",
        "maintenance-incident-transitions",
        "maintenance-incident-restoration",
        "maintenance-incident-members",
        "maintenance-proposal-accept",
        "maintenance-order",
        "maintenance-order-transitions",
        "maintenance-order-assign",
        "maintenance-order-suggestions",
        "maintenance-order-notes",
        "maintenance-order-photo",
    }
    names = {pattern.name for pattern in urlpatterns}
    assert names == public | lists | same_right_as_a_neighbour | walked


def test_what_has_no_place_is_triaged_by_any_desk(world: World, town: Town) -> None:
    placeless = make.report(None)
    rows = client_of(world, "dispatcher elsewhere").get("/api/v1/reports/").json()["results"]
    assert [row["reference"] for row in rows] == [placeless.reference]
