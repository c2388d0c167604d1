"""A pipe bursts: an alarm and reports become one incident, one order, one repair, and everyone is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.errors import TransitionForbidden
from backend.core.models import Message
from backend.core.services import outbox
from maintenance import queries, services
from maintenance.models import Incident, IncidentProposal, Report
from telemetry.models import Alarm
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town

pytestmark = pytest.mark.django_db(transaction=True)
FRENCH, ARABIC, NEIGHBOUR = "+212611111111", "+212622222222", "+212633333333"


def test_from_the_burst_to_the_closed_report(town: Town) -> None:
    alarm = make.alarm(town.network, "a")
    outbox_alarm(alarm)
    reports = [make.report(phone=FRENCH), make.report(make.NEAR_A, phone=ARABIC, language="ar")]
    make.customer(town.network, "W-2", NEIGHBOUR)
    make.deliver()
    assert make.messages(FRENCH) == ["maintenance.report_received"]

    proposal = queries.proposal_rows(town.hicham)[0]
    assert {row.kind for row in proposal.evidence} == {"alarm", "report"}
    assert len(proposal.evidence) == 3

    incident = services.accept_proposal(
        proposal=queries.proposal(town.hicham, proposal.id), actor=town.hicham, version=proposal.version
    )
    detail = queries.incident_detail(town.hicham, incident.pk)
    assert detail.row.state == "suspected"
    assert {valve.code for valve in detail.valves} == {"v1", "v2"}
    assert detail.affected[0].critical_kind == "school"
    assert detail.active_alarms == 1
    assert states(reports) == ["linked", "linked"]

    services.tell_restoration(
        incident=incident, expected_at=clock.now() + timedelta(hours=3), actor=town.hicham
    )
    make.deliver()
    assert make.messages(NEIGHBOUR) == []
    services.transition_incident(incident=incident, to="confirmed", actor=town.hicham)
    make.deliver()
    assert make.messages(NEIGHBOUR) == ["maintenance.water_cut"]

    order = make.order(town.hicham, incident)
    best = queries.suggest_technicians(order=order)[0]
    assert best.technician == town.samira
    assert "km" in best.explanation or "m away" in best.explanation
    order = services.assign(order=order, technician=best.technician, actor=town.hicham, version=order.version)
    samira = town.samira.user
    assert [row.id for row in queries.my_orders(samira)] == [order.pk]
    order = make.walk(order, samira, "accepted", "en_route")
    make.deliver()
    assert states(reports) == ["in_progress", "in_progress"]
    assert make.messages(ARABIC)[-1] == "maintenance.order_under_way_until"

    services.transition_incident(incident=incident, to="isolated", actor=town.hicham)
    order = make.walk(order, samira, "on_site")
    make.deliver()
    assert state(incident) == "repairing"
    order = make.walk(order, samira, "work_done")
    make.deliver()
    assert state(incident) == "repairing", "an order that is done repairs nothing by itself"
    with pytest.raises(TransitionForbidden):
        services.transition_incident(incident=incident, to="restored", actor=town.hicham)

    make.walk(order, town.salma, "verified")
    make.clear_alarms()
    services.transition_incident(incident=incident, to="restored", actor=town.hicham)
    make.deliver()
    assert states(reports) == ["resolved", "resolved"]
    services.transition_incident(incident=incident, to="closed", actor=town.hicham)
    make.deliver()
    assert states(reports) == ["closed", "closed"]
    assert make.messages(FRENCH) == [
        "maintenance.report_received",
        "maintenance.order_under_way_until",
        "maintenance.restored",
    ]
    arabic = Message.objects.filter(phone=ARABIC).last()
    assert arabic is not None
    assert arabic.language == "ar"
    tracked = queries.track(reports[0].reference)
    assert tracked is not None
    assert [step.done for step in tracked.steps] == [True] * 4


def test_a_replayed_event_tells_nobody_twice(town: Town) -> None:
    report = make.report(phone=FRENCH)
    incident = make.incident(town.hicham, report)
    order = make.order(town.hicham, incident)
    order = services.assign(order=order, technician=town.samira, actor=town.hicham, version=order.version)
    make.walk(order, town.samira.user, "accepted", "en_route")
    for _ in range(3):
        services.follow_order(order.pk)
        services.follow_incident(incident.pk)
    assert make.messages(FRENCH) == ["maintenance.report_received", "maintenance.order_under_way"]


def test_a_report_linked_late_catches_up_with_the_work(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    order = make.order(town.hicham, incident)
    order = services.assign(order=order, technician=town.samira, actor=town.hicham, version=order.version)
    make.walk(order, town.samira.user, "accepted", "en_route")
    late = make.report(phone=FRENCH)
    services.link_report(incident=incident, report=late, actor=town.hicham)
    make.deliver()
    assert states([late]) == ["in_progress"]
    assert make.messages(FRENCH)[-1] == "maintenance.order_under_way"


def test_a_false_alarm_closes_its_reports_and_says_that_nothing_was_found(town: Town) -> None:
    report = make.report(phone=FRENCH)
    incident = make.incident(town.hicham, report)
    services.transition_incident(
        incident=incident, to="false_alarm", actor=town.hicham, reason="robinet d'arrêt fermé chez le client"
    )
    make.deliver()
    assert states([report]) == ["closed"]
    assert make.messages(FRENCH)[-1] == "maintenance.no_fault"


def test_customers_are_told_once_whatever_changes_afterwards(town: Town) -> None:
    for point in ("W-1", "W-2"):
        make.customer(town.network, point, NEIGHBOUR)
    incident = make.incident(town.hicham, make.report())
    services.transition_incident(incident=incident, to="confirmed", actor=town.hicham)
    for hours in (3, 5):
        services.tell_restoration(
            incident=incident, expected_at=clock.now() + timedelta(hours=hours), actor=town.hicham
        )
        make.deliver()
    assert make.messages(NEIGHBOUR) == ["maintenance.water_cut"]


def test_a_reopened_report_is_told_of_the_second_repair_too(town: Town) -> None:
    report = make.report(phone=FRENCH)
    finish(town, report)
    services.request_reopening(reference=report.reference, reason="toujours pas d'eau", phone=FRENCH)
    report.refresh_from_db()
    services.transition_report(report=report, to="triaged", actor=town.hicham)
    finish(town, report)
    assert make.messages(FRENCH).count("maintenance.restored") == 2


def finish(town: Town, report: Report) -> None:
    """Bring an incident with one report to its end."""
    incident = make.incident(town.hicham, report)
    order = make.order(town.hicham, incident)
    order = services.assign(order=order, technician=town.samira, actor=town.hicham, version=order.version)
    make.walk(order, town.samira.user, "accepted", "en_route", "on_site", "work_done")
    order.refresh_from_db()
    make.walk(order, town.salma, "verified")
    for step in ("confirmed", "isolated", "repairing", "restored", "closed"):
        incident = services.transition_incident(incident=incident, to=step, actor=town.hicham)
    make.deliver()


def outbox_alarm(alarm: Alarm) -> None:
    """Say that an alarm changed, as telemetry does."""
    from django.db import transaction

    with transaction.atomic():
        outbox.publish("telemetry.alarm_changed", {"id": alarm.pk, "to": alarm.state})


def states(reports: list[Report]) -> list[str]:
    return [Report.objects.get(pk=report.pk).state for report in reports]


def state(incident: Incident) -> str:
    return Incident.objects.get(pk=incident.pk).state


def test_nothing_is_proposed_for_reports_on_different_segments(town: Town) -> None:
    make.report(make.NEAR_B)
    make.report(make.NEAR_D)
    make.deliver()
    assert not IncidentProposal.objects.exists()
