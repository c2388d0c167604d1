"""What shares an isolation segment is proposed together, with its evidence, until a person decides.

R1 --p0-- r ==v1== a --p1-- b ==v2== c --p2-- d
"""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection

from backend.core import clock
from backend.core.errors import (
    InvalidInput,
    PermissionRefused,
    TransitionForbidden,
    VersionConflict,
)
from maintenance import queries, services
from maintenance.models import Incident, IncidentMember, IncidentProposal, Report
from tests.factories import core as cast
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, signed_in

pytestmark = pytest.mark.django_db


def consider(*reports: Report) -> IncidentProposal | None:
    proposal = None
    for report in reports:
        proposal = services.consider_report(report.pk) or proposal
    return proposal


def test_an_alarm_and_a_report_on_one_segment_are_proposed(town: Town) -> None:
    alarm = make.alarm(town.network, "b")
    assert services.consider_alarm(alarm.pk) is None
    assert consider(make.report(make.NEAR_A)) is not None
    row = queries.proposal_rows(town.hicham)[0]
    assert {evidence.kind for evidence in row.evidence} == {"alarm", "report"}
    assert row.title.startswith("1 alarm and 1 report")
    assert row.kind == "open"


def test_reports_of_the_next_segment_stay_out(town: Town) -> None:
    consider(make.report(), make.report(make.NEAR_D), make.report(make.NEAR_A))
    row = queries.proposal_rows(town.hicham)[0]
    assert len(row.evidence) == 2


def test_the_same_again_changes_nothing(town: Town) -> None:
    reports = [make.report(), make.report()]
    first = consider(*reports)
    again = consider(*reports)
    assert first is not None
    assert again is not None
    assert (again.pk, again.version) == (first.pk, first.version)


def test_more_evidence_joins_what_waits_and_who_read_before_is_told(town: Town) -> None:
    read = consider(make.report(), make.report())
    assert read is not None
    consider(make.report())
    with pytest.raises(VersionConflict):
        services.accept_proposal(proposal=read, actor=town.hicham, version=read.version)
    incident = services.accept_proposal(proposal=read, actor=town.hicham)
    assert incident.members.count() == 3


@pytest.mark.parametrize("category", ["water-meter", "water-quality", "other"])
def test_what_does_not_tell_of_the_supply_is_no_evidence(town: Town, category: str) -> None:
    assert consider(make.report(category=category), make.report(category=category)) is None


def test_an_old_report_is_no_evidence_of_what_fails_now(town: Town) -> None:
    old = make.report()
    Report.objects.filter(pk=old.pk).update(submitted_at=clock.now() - timedelta(hours=25))
    assert consider(make.report()) is None


def test_a_cleared_alarm_is_no_new_evidence(town: Town) -> None:
    alarm = make.alarm(town.network)
    services.consider_alarm(alarm.pk)
    make.clear_alarms()
    services.consider_alarm(alarm.pk)
    assert consider(make.report()) is None


def test_a_running_incident_is_extended_by_one_more(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    proposal = consider(make.report())
    assert proposal is not None
    assert proposal.incident == incident
    assert services.accept_proposal(proposal=proposal, actor=town.hicham) == incident
    assert incident.members.count() == 2


def test_what_was_dismissed_comes_back_only_with_something_new(town: Town) -> None:
    reports = [make.report(), make.report()]
    proposal = consider(*reports)
    assert proposal is not None
    with pytest.raises(InvalidInput):
        services.dismiss_proposal(proposal=proposal, actor=town.hicham, reason=" ")
    services.dismiss_proposal(proposal=proposal, actor=town.hicham, reason="travaux annoncés")
    assert consider(*reports) is None
    again = consider(make.report())
    assert again is not None
    assert again.pk != proposal.pk
    assert again.evidence.count() == 3


def test_a_decided_proposal_is_not_decided_again(town: Town) -> None:
    proposal = consider(make.report(), make.report())
    assert proposal is not None
    services.accept_proposal(proposal=proposal, actor=town.hicham)
    with pytest.raises(TransitionForbidden) as refused:
        services.dismiss_proposal(proposal=proposal, actor=town.nadia, reason="x")
    assert refused.value.extra["current"] == "accepted"
    assert Incident.objects.count() == 1


def test_a_report_that_was_linked_meanwhile_is_left_where_it_is(town: Town) -> None:
    first, second = make.report(), make.report()
    proposal = consider(first, second)
    assert proposal is not None
    elsewhere = make.incident(town.nadia, first)
    incident = services.accept_proposal(proposal=proposal, actor=town.hicham)
    assert incident == elsewhere
    assert IncidentMember.objects.filter(report=first).count() == 1


def test_only_the_desk_decides(town: Town) -> None:
    proposal = consider(make.report(), make.report())
    assert proposal is not None
    for user in (make.at_the_desk(cast.karim()), town.samira.user, cast.fatima()):
        with pytest.raises(PermissionRefused):
            services.accept_proposal(proposal=proposal, actor=user)


def test_the_api_lists_accepts_and_dismisses(town: Town) -> None:
    proposal = consider(make.report(), make.report())
    assert proposal is not None
    hicham = signed_in(town.hicham)
    rows = hicham.get("/api/v1/incident-proposals/").json()["results"]
    assert [len(row["evidence"]) for row in rows] == [2]
    url = f"/api/v1/incident-proposals/{proposal.pk}"
    stale = hicham.post(f"{url}/accept/", {"version": 99}, format="json")
    assert stale.status_code == 409
    assert stale.json()["code"] == "version_conflict"
    accepted = hicham.post(f"{url}/accept/", {"version": rows[0]["version"]}, format="json")
    assert accepted.status_code == 201
    assert accepted.json()["state"] == "suspected"
    assert [valve["code"] for valve in accepted.json()["valves"]] == ["v1", "v2"]
    late = hicham.post(f"{url}/dismiss/", {"reason": "x"}, format="json")
    assert late.status_code == 409
    assert late.json()["allowed"] == []
    assert hicham.get("/api/v1/incident-proposals/").json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_proposal(town: Town) -> None:
    key = [make.report(), make.report()][0].supply_group_key

    def work() -> None:
        services.propose_incidents(key)
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert IncidentProposal.objects.count() == 1
    assert IncidentProposal.objects.get().evidence.count() == 2
