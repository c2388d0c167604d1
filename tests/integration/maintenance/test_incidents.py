"""Incidents hold what belongs to them, through their table alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.errors import InvalidInput, NotFound, TransitionForbidden, VersionConflict
from maintenance import queries, services
from maintenance.models import Incident, Report
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, signed_in

pytestmark = pytest.mark.django_db


def restorable(town: Town, incident: Incident) -> Incident:
    """Bring an incident to repairing with verified work."""
    order = make.order(town.hicham, incident)
    order = services.assign(order=order, technician=town.samira, actor=town.hicham, version=order.version)
    order = make.walk(order, town.samira.user, "accepted", "en_route", "on_site", "work_done")
    make.walk(order, town.salma, "verified")
    for step in ("confirmed", "isolated", "repairing"):
        incident = services.transition_incident(incident=incident, to=step, actor=town.hicham)
    return incident


def test_the_trace_is_kept_with_the_incident(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    assert {valve["code"] for valve in incident.isolation["valves"]} == {"v1", "v2"}
    assert incident.affected_count == incident.affected.count() >= 2
    assert incident.zone == make.zone("dma-west")
    assert incident.utility == "water"


def test_an_incident_may_open_on_an_alarm_alone(town: Town) -> None:
    alarm = make.alarm(town.network)
    incident = make.incident(town.hicham, alarm_ids=(alarm.pk,))
    assert incident.utility == "water"
    assert incident.isolation["valves"]
    assert "Network alarm" in incident.title


def test_it_opens_on_something(town: Town) -> None:
    with pytest.raises(InvalidInput):
        services.open_incident(actor=town.hicham)


def test_an_alarm_that_does_not_exist_opens_nothing(town: Town) -> None:
    with pytest.raises(NotFound):
        services.open_incident(actor=town.hicham, alarm_ids=[10**9])


def test_a_report_belongs_to_one_incident(town: Town) -> None:
    report = make.report()
    first = make.incident(town.hicham, report)
    second = make.incident(town.hicham, make.report())
    with pytest.raises(InvalidInput):
        services.link_report(incident=second, report=report, actor=town.hicham)
    assert services.link_report(incident=first, report=report, actor=town.hicham).incident == first


def test_a_rejected_report_is_not_linked(town: Town) -> None:
    report = make.report()
    services.transition_report(report=report, to="rejected", actor=town.hicham, reason="plaisanterie")
    incident = make.incident(town.hicham, make.report())
    with pytest.raises(TransitionForbidden):
        services.link_report(incident=incident, report=report, actor=town.hicham)


def test_a_report_taken_out_gets_an_incident_of_its_own(town: Town) -> None:
    stays, leaves = make.report(), make.report(make.NEAR_D)
    incident = make.incident(town.hicham, stays, leaves)
    member = incident.members.get(report=leaves)
    split = services.unlink_member(incident=incident, member=member, actor=town.hicham, reason="autre rue")
    assert split is not None
    assert split.supply_group_key == leaves.supply_group_key != incident.supply_group_key
    assert Report.objects.get(pk=leaves.pk).state == "linked"
    assert [row.reference for row in queries.incident_detail(town.hicham, incident.pk).members] == [
        stays.reference
    ]
    assert incident.members.count() == 2, "what was once linked is kept"


def test_an_alarm_taken_out_is_free_again(town: Town) -> None:
    alarm = make.alarm(town.network)
    incident = make.incident(town.hicham, make.report(), alarm_ids=(alarm.pk,))
    member = incident.members.get(alarm=alarm)
    assert (
        services.unlink_member(incident=incident, member=member, actor=town.hicham, reason="capteur") is None
    )
    with pytest.raises(InvalidInput):
        services.unlink_member(incident=incident, member=member, actor=town.hicham, reason="encore")
    other = make.incident(town.hicham, make.report())
    services.link_alarm(incident=other, alarm_id=alarm.pk, actor=town.hicham)


def test_merging_moves_members_orders_and_customers_and_keeps_the_history(town: Town) -> None:
    west, east = (
        make.incident(town.hicham, make.report()),
        make.incident(town.hicham, make.report(make.NEAR_D)),
    )
    order = make.order(town.hicham, east)
    with pytest.raises(TransitionForbidden):
        services.transition_incident(incident=east, to="merged", actor=town.hicham)
    with pytest.raises(TransitionForbidden):
        services.transition_incident(incident=east, to="merged", actor=town.hicham, into=east)
    services.transition_incident(incident=east, to="merged", actor=town.hicham, into=west)
    west.refresh_from_db()
    order.refresh_from_db()
    assert order.incident == west
    assert west.members.filter(unlinked_at=None).count() == 2
    assert west.affected_count == 3
    assert east.members.filter(unlinked_at=None).count() == 0
    assert east.members.count() == 1


def test_restored_needs_verified_work(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    for step in ("confirmed", "isolated", "repairing"):
        incident = services.transition_incident(incident=incident, to=step, actor=town.hicham)
    with pytest.raises(TransitionForbidden) as refused:
        services.transition_incident(incident=incident, to="restored", actor=town.hicham)
    assert refused.value.extra["current"] == "repairing"
    assert "verified" in str(refused.value)


def test_restored_under_an_active_alarm_needs_a_reason(town: Town) -> None:
    alarm = make.alarm(town.network)
    incident = restorable(town, make.incident(town.hicham, make.report(), alarm_ids=(alarm.pk,)))
    with pytest.raises(TransitionForbidden):
        services.transition_incident(incident=incident, to="restored", actor=town.hicham)
    restored = services.transition_incident(
        incident=incident, to="restored", actor=town.hicham, reason="capteur en panne"
    )
    assert restored.state == "restored"


def test_no_false_alarm_while_a_crew_is_out(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    order = make.order(town.hicham, incident)
    services.assign(order=order, technician=town.samira, actor=town.hicham, version=order.version)
    with pytest.raises(TransitionForbidden):
        services.transition_incident(incident=incident, to="false_alarm", actor=town.hicham, reason="x")


@pytest.mark.parametrize("shift", [timedelta(minutes=-1), timedelta(days=15)])
def test_restoration_is_told_for_a_time_to_come(town: Town, shift: timedelta) -> None:
    incident = make.incident(town.hicham, make.report())
    with pytest.raises(InvalidInput):
        services.tell_restoration(incident=incident, expected_at=clock.now() + shift, actor=town.hicham)


def test_a_stale_version_is_told_what_it_is_now(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    services.transition_incident(incident=incident, to="confirmed", actor=town.nadia, version=1)
    with pytest.raises(VersionConflict) as refused:
        services.transition_incident(incident=incident, to="confirmed", actor=town.hicham, version=1)
    assert refused.value.extra == {
        "current": "confirmed",
        "version": 2,
        "allowed": ["isolated", "false_alarm", "merged"],
    }


def test_the_api_opens_links_tells_and_transitions(town: Town) -> None:
    hicham = signed_in(town.hicham)
    reports = [make.report(), make.report()]
    opened = hicham.post("/api/v1/incidents/", {"reports": [reports[0].reference]}, format="json")
    assert opened.status_code == 201
    url = f"/api/v1/incidents/{opened.json()['id']}/"
    linked = hicham.post(f"{url}members/", {"report": reports[1].reference}, format="json")
    assert linked.json()["reports"] == 2
    told = hicham.post(
        f"{url}restoration/",
        {"expected_at": (clock.now() + timedelta(hours=2)).isoformat(), "version": linked.json()["version"]},
        format="json",
    )
    assert told.status_code == 200
    confirmed = hicham.post(
        f"{url}transitions/", {"to": "confirmed", "version": told.json()["version"]}, format="json"
    )
    assert confirmed.status_code == 200
    assert (confirmed.json()["state"], confirmed.json()["allowed"]) == (
        "confirmed",
        ["isolated", "false_alarm", "merged"],
    )
    member = confirmed.json()["members"][1]
    split = hicham.post(f"{url}members/{member['id']}/unlink/", {"reason": "autre rue"}, format="json")
    assert split.json()["split_into"]
    forbidden = hicham.post(f"{url}transitions/", {"to": "closed"}, format="json")
    assert forbidden.status_code == 409
    assert forbidden.json()["code"] == "transition_forbidden"
    assert forbidden.json()["current"] == "confirmed"
    assert "isolated" in forbidden.json()["allowed"]


@pytest.mark.parametrize("body", [{}, {"report": "x", "alarm": 1}, {"alarm": "x"}, {"report": ["x"]}])
def test_a_member_is_one_thing(town: Town, body: dict[str, object]) -> None:
    incident = make.incident(town.hicham, make.report())
    url = f"/api/v1/incidents/{incident.pk}/members/"
    assert signed_in(town.hicham).post(url, body, format="json").status_code == 400


@pytest.mark.parametrize("body", [{}, {"to": "nowhere"}, {"to": "confirmed", "version": "x"}, {"to": 3}])
def test_a_malformed_transition_changes_nothing(town: Town, body: dict[str, object]) -> None:
    incident = make.incident(town.hicham, make.report())
    url = f"/api/v1/incidents/{incident.pk}/transitions/"
    assert signed_in(town.hicham).post(url, body, format="json").status_code in {400, 409}
    assert Incident.objects.get().state == "suspected"


def test_the_list_is_rows_or_geojson(town: Town) -> None:
    make.incident(town.hicham, make.report())
    hicham = signed_in(town.hicham)
    rows = hicham.get("/api/v1/incidents/?open=true").json()["results"]
    assert rows[0]["reports"] == 1
    assert rows[0]["lon"] == pytest.approx(make.NEAR_B[0])
    collection = hicham.get("/api/v1/incidents/?as=geojson").json()
    assert collection["type"] == "FeatureCollection"
    assert collection["features"][0]["geometry"]["type"] == "Point"
    assert collection["next"] is None
    assert hicham.get("/api/v1/incidents/?state=closed").json()["results"] == []
    assert hicham.get("/api/v1/incidents/?bbox=-2.31,34.9,-2.30,35").json()["results"] == []
    assert hicham.get("/api/v1/incidents/?zone=dma-east").json()["results"] == []
    for wrong in ("state=flying", "open=maybe", "bbox=1,2,3", "as=shapefile", "limit=x"):
        assert hicham.get(f"/api/v1/incidents/?{wrong}").status_code == 400
