"""The agency's agent has a page to start from, and acts for people under their own name."""

from __future__ import annotations

import pytest
from django.test import Client

from backend.core.models import User
from gis.services import assign_jurisdiction
from maintenance.models import Report
from tests.factories import core as cast
from tests.integration.webmap.pages.conftest import Town, signed_in

pytestmark = pytest.mark.django_db

WHOLE = {"category": "no-water", "place": "Rue 12, près de l’école", "phone": "0612345678"}


@pytest.fixture
def agent(town: Town) -> User:
    user = cast.person("agent-1", "agent")
    assign_jurisdiction(user=user)
    return user


def test_the_agent_starts_at_the_reports_and_opens_one_by_its_reference(town: Town, agent: User) -> None:
    report = town.report()
    desk = signed_in(agent)
    assert report.reference in desk.get("/dispatch/reports/").content.decode()
    found = desk.get("/dispatch/reports/", {"reference": report.reference.lower()})
    assert found["Location"] == f"/dispatch/reports/{report.reference}/"
    page = desk.get(found["Location"]).content.decode()
    assert 'href="/dispatch/reports/"' in page
    assert 'href="/dispatch/"' not in page
    assert "incident-open" not in page


def test_an_unknown_reference_is_told_where_it_was_typed(agent: User) -> None:
    answer = signed_in(agent).get("/dispatch/reports/", {"reference": "<b>BK-0</b>"})
    assert answer.status_code == 404
    assert "&lt;b&gt;BK-0" in answer.content.decode()


def test_citizens_do_not_read_the_list(town: Town, outsider: Client) -> None:
    assert signed_in(cast.person("citizen-1", "citizen")).get("/dispatch/reports/").status_code == 403
    assert outsider.get("/dispatch/reports/").status_code == 302


def test_what_an_agent_sends_for_someone_is_recorded_as_such(agent: User) -> None:
    assert signed_in(agent).post("/report/", WHOLE).status_code == 302
    report = Report.objects.get()
    assert (report.reporter, report.recorded_by) == (None, agent)
