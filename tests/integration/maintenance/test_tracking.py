"""Who holds the reference learns how far it is, and nothing personal."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from backend.core import clock
from backend.core.errors import InvalidInput, NotFound, TransitionForbidden
from backend.core.models import AuditEntry
from maintenance import queries, services
from maintenance.models import Report
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, signed_in

pytestmark = pytest.mark.django_db
PHONE, SECRET = "+212612345678", "Aziz, troisième étage"


@pytest.fixture
def report(town: Town) -> Report:
    """A report with everything personal in it."""
    return make.report(text=SECRET, phone=PHONE, place="12 rue du Souk", photos=[make.photo()])


def resolved(report: Report, town: Town, *, days_ago: float) -> None:
    """Bring a report to resolved, some days ago."""
    incident = make.incident(town.hicham, report)
    for step in ("in_progress", "resolved"):
        report = services.transition_report(report=report, to=step, actor=town.hicham)
    assert incident.members.count() == 1
    Report.objects.filter(pk=report.pk).update(state_at=clock.now() - timedelta(days=days_ago))


def test_the_public_view_is_coarse(report: Report, anyone: APIClient) -> None:
    answer = anyone.get(f"/api/v1/reports/{report.reference.lower()}/")
    assert answer.status_code == 200
    told = json.dumps(answer.json(), ensure_ascii=False)
    for private in (SECRET, PHONE, "rue du Souk", "-2.31", "34.92"):
        assert private not in told
    assert answer.json()["state"] == "received"
    assert answer.json()["zone"] == "dma-west"
    assert [step["done"] for step in answer.json()["steps"]] == [True, False, False, False]


def test_staff_see_the_whole_and_it_is_written_down(report: Report, town: Town) -> None:
    body = signed_in(town.hicham).get(f"/api/v1/reports/{report.reference}/").json()
    assert (body["text"], body["phone"], body["place"]) == (SECRET, PHONE, "12 rue du Souk")
    assert body["lon"] == pytest.approx(make.NEAR_B[0])
    assert len(body["pictures"]) == 1
    assert AuditEntry.objects.filter(actor=town.hicham, subject=f"report:{report.pk}").count() == 1


@pytest.mark.parametrize("typed", ["OR-0000-0000", "nonsense", "%00", "' OR 1=1 --"])
def test_a_reference_of_nothing_is_404(town: Town, anyone: APIClient, typed: str) -> None:
    assert anyone.get(f"/api/v1/reports/{typed}/").status_code == 404


def test_the_time_told_for_the_incident_is_shown(report: Report, town: Town) -> None:
    incident = make.incident(town.hicham, report)
    expected = clock.now() + timedelta(hours=2)
    services.tell_restoration(incident=incident, expected_at=expected, actor=town.hicham)
    tracked = queries.track(report.reference)
    assert tracked is not None
    assert tracked.expected_at == expected


def test_the_reporter_answers_a_question(report: Report, town: Town, anyone: APIClient) -> None:
    for step, reason in (("triaged", ""), ("info_requested", "Quel étage ?")):
        services.transition_report(report=report, to=step, actor=town.hicham, reason=reason)
    tracked = queries.track(report.reference)
    assert tracked is not None
    assert tracked.question == "Quel étage ?"
    services.answer_information(reference=report.reference, text="le troisième", phone="06 12 34 56 78")
    report.refresh_from_db()
    assert report.state == "triaged"
    assert report.transitions.last().reason == "le troisième"
    assert make.messages(PHONE)[-1] == "maintenance.information_requested"


def test_an_answer_to_no_question_moves_nothing(report: Report) -> None:
    with pytest.raises(TransitionForbidden):
        services.answer_information(reference=report.reference, text="bonjour", phone=PHONE)


def test_the_reporter_asks_for_reopening_within_14_days(
    report: Report, town: Town, anyone: APIClient
) -> None:
    resolved(report, town, days_ago=13.9)
    url = f"/api/v1/reports/{report.reference}/transitions/"
    body = {"to": "reopen_requested", "reason": "encore coupé", "phone": "0612345678"}
    assert anyone.post(url, body, format="json").status_code == 200
    report.refresh_from_db()
    assert report.state == "reopen_requested"


def test_after_14_days_it_is_too_late(report: Report, town: Town, anyone: APIClient) -> None:
    resolved(report, town, days_ago=14.1)
    url = f"/api/v1/reports/{report.reference}/transitions/"
    body = {"to": "reopen_requested", "reason": "encore", "phone": PHONE}
    answer = anyone.post(url, body, format="json")
    assert answer.status_code == 409
    assert answer.json()["current"] == "resolved"


def test_someone_with_the_reference_and_another_phone_reopens_nothing(report: Report, town: Town) -> None:
    resolved(report, town, days_ago=1)
    for phone in ("", "+212699999999"):
        with pytest.raises(InvalidInput):
            services.request_reopening(reference=report.reference, reason="x", phone=phone)


def test_the_desk_cannot_reopen_in_the_name_of_the_reporter(report: Report, town: Town) -> None:
    resolved(report, town, days_ago=1)
    answer = signed_in(town.hicham).post(
        f"/api/v1/reports/{report.reference}/transitions/",
        {"to": "reopen_requested", "reason": "x"},
        format="json",
    )
    assert answer.status_code == 409
    assert answer.json()["allowed"] == ["closed"]


def test_nobody_reopens_what_does_not_exist(town: Town) -> None:
    with pytest.raises(NotFound):
        services.request_reopening(reference="OR-0000-0000", reason="x")


def test_the_anonymous_change_nothing_else(report: Report, anyone: APIClient) -> None:
    url = f"/api/v1/reports/{report.reference}/transitions/"
    assert anyone.post(url, {"to": "rejected", "reason": "x"}, format="json").status_code == 401
    report.refresh_from_db()
    assert report.state == "received"


def test_a_reopened_report_leaves_its_incident_and_can_join_another(report: Report, town: Town) -> None:
    resolved(report, town, days_ago=1)
    services.request_reopening(reference=report.reference, reason="encore", phone=PHONE)
    services.transition_report(report=report, to="triaged", actor=town.hicham)
    other = make.incident(town.hicham, report)
    assert [member.report_id for member in other.members.all()] == [report.pk]
    assert report.memberships.count() == 2
