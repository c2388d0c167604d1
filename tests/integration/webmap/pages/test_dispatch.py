"""The dispatcher links, opens, gives and verifies; of two at once, the second is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backend.core import clock
from backend.core.models import AuditEntry
from maintenance import services
from maintenance.models import Incident, IncidentProposal, WorkOrder
from tests.factories import core as cast
from tests.integration.webmap.pages.conftest import Town, signed_in

pytestmark = pytest.mark.django_db


def test_the_story_at_the_desk(town: Town) -> None:
    desk = signed_in(town.hicham)
    report = town.report(phone="0612345678")
    assert report.reference in desk.get("/dispatch/").content.decode()
    page = desk.get(f"/dispatch/reports/{report.reference}/").content.decode()
    assert "06 12 34 56 78" in page
    read = AuditEntry.objects.get(action="maintenance.phone_read")
    assert (read.actor, read.subject) == (town.hicham, f"report:{report.pk}")
    opened = desk.post(f"/dispatch/reports/{report.reference}/incident/")
    incident = Incident.objects.get()
    assert opened["Location"] == f"/dispatch/incidents/{incident.pk}/"
    confirm(desk, incident)
    written = desk.post(f"/dispatch/incidents/{incident.pk}/order/", {"instructions": "Fermer d’abord"})
    order = WorkOrder.objects.get()
    page = desk.get(written["Location"]).content.decode()
    assert "Samira El Idrissi" in page
    assert "Fermer d’abord" in page
    given = desk.post(
        f"/dispatch/orders/{order.pk}/assign/", {"technician": town.samira.pk, "version": order.version}
    )
    assert given.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.technician) == ("dispatched", town.samira)


def confirm(desk: Client, incident: Incident) -> Any:
    data = {"to": "confirmed", "version": incident.version}
    return desk.post(f"/dispatch/incidents/{incident.pk}/transition/", data)


def test_of_two_dispatchers_the_second_is_told(town: Town) -> None:
    order = town.order()
    seen = {"version": str(order.version)}
    url = f"/dispatch/orders/{order.pk}/assign/"
    assert signed_in(town.hicham).post(url, seen | {"technician": town.samira.pk}).status_code == 302
    second = signed_in(town.nadia).post(url, seen | {"technician": town.youssef.pk})
    assert second.status_code == 409
    text = second.content.decode()
    assert 'data-testid="refusal"' in text
    assert "Samira El Idrissi" in text
    order.refresh_from_db()
    assert order.technician == town.samira


def test_the_work_is_verified_by_someone_else(town: Town) -> None:
    order = town.order(given_to=town.samira)
    for to in ("accepted", "en_route", "on_site"):
        order = services.transition_order(order=order, to=to, actor=town.samira.user)
    WorkOrder.objects.filter(pk=order.pk).update(photos_required=0)
    order = services.transition_order(order=order, to="work_done", actor=town.samira.user)
    desk = signed_in(town.nadia)
    page = desk.get(f"/dispatch/orders/{order.pk}/").content.decode()
    assert 'data-testid="transition-verified"' in page
    assert 'data-testid="transition-rework"' in page
    url = f"/dispatch/orders/{order.pk}/transition/"
    assert desk.post(url, {"to": "rework", "version": order.version}).status_code == 422
    assert desk.post(url, {"to": "verified", "version": order.version}).status_code == 302
    order.refresh_from_db()
    assert order.state in {"verified", "closed"}


def test_the_people_affected_are_told_when_supply_is_back(town: Town) -> None:
    incident = town.incident()
    desk = signed_in(town.hicham)
    url = f"/dispatch/incidents/{incident.pk}/restoration/"
    assert desk.post(url, {"expected_at": "soon", "version": incident.version}).status_code == 422
    at = (clock.now() + timedelta(hours=4)).astimezone(clock.LOCAL)
    told = desk.post(url, {"expected_at": at.strftime("%Y-%m-%dT%H:%M"), "version": incident.version})
    assert told.status_code == 302
    incident.refresh_from_db()
    assert incident.expected_at is not None
    assert abs(incident.expected_at - at) < timedelta(minutes=1)


def test_evidence_is_added_and_taken_out_with_a_reason(town: Town) -> None:
    incident = town.incident()
    other = town.report(category="low-pressure")
    desk = signed_in(town.hicham)
    assert (
        desk.post(f"/dispatch/incidents/{incident.pk}/link/", {"reference": other.reference}).status_code
        == 302
    )
    member = incident.members.get(report=other)
    url = f"/dispatch/incidents/{incident.pk}/members/{member.pk}/unlink/"
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "Autre rue"}).status_code == 302
    member.refresh_from_db()
    assert member.unlinked_at is not None


def test_a_proposal_is_accepted_or_set_aside(town: Town) -> None:
    reports = [town.report() for _ in range(2)]
    for report in reports:
        type(report).objects.filter(pk=report.pk).update(supply_group_key="s", supply_group_label="Tronçon 1")
    services.propose_incidents("s")
    proposal = IncidentProposal.objects.get()
    desk = signed_in(town.hicham)
    page = desk.get("/dispatch/").content.decode()
    assert 'data-testid="proposal-accept"' in page
    assert "Tronçon 1" in page
    assert 'data-testid="report-row"' not in page  # they wait in the proposal, not beside it as well
    seen = {"version": str(proposal.version)}
    assert desk.post(f"/dispatch/proposals/{proposal.pk}/dismiss/", seen).status_code == 422
    taken = desk.post(f"/dispatch/proposals/{proposal.pk}/accept/", seen)
    assert taken["Location"] == f"/dispatch/incidents/{Incident.objects.get().pk}/"
    late = signed_in(town.nadia).post(f"/dispatch/proposals/{proposal.pk}/accept/", seen)
    assert late.status_code == 409


def test_a_script_gets_the_moving_part_alone(town: Town) -> None:
    part = signed_in(town.hicham).get("/dispatch/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "desk-incidents" in part


def test_only_the_desk_comes_in(town: Town, outsider: Client) -> None:
    assert outsider.get("/dispatch/")["Location"].startswith("/accounts/login/")
    assert signed_in(town.samira.user).get("/dispatch/").status_code == 403
    assert signed_in(cast.fatima()).get("/dispatch/").status_code == 403


def test_what_is_not_there_is_a_404(town: Town) -> None:
    desk = signed_in(town.hicham)
    for page in ("incidents/999/", "orders/999/", "reports/OR-0000-0000/"):
        assert desk.get(f"/dispatch/{page}").status_code == 404


def test_the_desk_costs_a_bounded_number_of_queries(town: Town, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        town.order(given_to=town.samira)
        town.report()
    desk = signed_in(town.hicham)
    with django_assert_max_num_queries(30):
        desk.get("/dispatch/")


def test_messages_are_shown_each_in_its_direction(town: Town, outsider: Client) -> None:
    town.report(phone="0612345678", language="ar")
    town.report(phone="0612345679", language="fr")
    page = outsider.get("/demo/sms/").content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert '<bdi dir="ltr">06 12 34 56 78</bdi>' in page
