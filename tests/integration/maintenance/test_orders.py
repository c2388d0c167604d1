"""Work orders: one technician, the table alone, nothing twice."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from backend.core import clock
from backend.core.errors import InvalidInput, NotFound, TransitionForbidden, VersionConflict
from backend.core.models import User
from maintenance import queries, services
from maintenance.domain.states import ORDER
from maintenance.models import WorkOrder
from maintenance.queries.conditions import register_condition, unregister_condition
from tests.factories import core as cast
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, shut, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(town: Town) -> WorkOrder:
    """A draft order for a pipe without water."""
    return make.order(town.hicham, make.incident(town.hicham, make.report()))


@pytest.fixture
def given(town: Town, draft: WorkOrder) -> WorkOrder:
    """An order dispatched to Samira."""
    return services.assign(order=draft, technician=town.samira, actor=town.hicham, version=draft.version)


def on_site(order: WorkOrder, town: Town) -> WorkOrder:
    return make.walk(order, town.samira.user, "accepted", "en_route", "on_site")


def test_an_order_takes_place_valves_skill_and_title_from_its_incident(draft: WorkOrder) -> None:
    assert draft.geom is not None
    assert {valve["code"] for valve in draft.isolation["valves"]} == {"v1", "v2"}
    assert draft.skill is not None
    assert draft.skill.code == "water-network"
    assert draft.priority == 2
    assert draft.heading == draft.incident.title  # type: ignore[union-attr]


def test_assigning_approves_plans_and_dispatches_each_step_recorded(given: WorkOrder, town: Town) -> None:
    assert given.state == "dispatched"
    assert given.technician == town.samira
    steps = list(given.transitions.values_list("from_state", "to_state", "actor"))
    assert steps == [
        ("draft", "approved", town.hicham.pk),
        ("approved", "planned", town.hicham.pk),
        ("planned", "dispatched", town.hicham.pk),
    ]


def test_an_order_without_a_technician_is_not_dispatched(draft: WorkOrder, town: Town) -> None:
    for step in ("approved", "planned"):
        services.transition_order(order=draft, to=step, actor=town.hicham)
    with pytest.raises(TransitionForbidden):
        services.transition_order(order=draft, to="dispatched", actor=town.hicham)


def test_who_is_no_technician_any_more_gets_no_order(draft: WorkOrder, town: Town) -> None:
    town.samira.user.role_assignments.all().delete()
    with pytest.raises(InvalidInput):
        services.assign(order=draft, technician=town.samira, actor=town.hicham, version=draft.version)


def test_the_second_dispatcher_is_told_who_has_it(given: WorkOrder, town: Town) -> None:
    with pytest.raises(VersionConflict) as refused:
        services.assign(order=given, technician=town.youssef, actor=town.nadia, version=1)
    assert "Samira" in str(refused.value)
    assert refused.value.extra["current"] == "dispatched"
    with pytest.raises(TransitionForbidden):
        services.assign(order=given, technician=town.youssef, actor=town.nadia, version=given.version)


@pytest.mark.django_db(transaction=True)
def test_of_two_dispatchers_at_once_one_is_told(town: Town, draft: WorkOrder) -> None:
    start, results = Barrier(2), []

    def give(technician: Any, actor: User) -> None:
        start.wait()
        try:
            services.assign(order=draft, technician=technician, actor=actor, version=draft.version)
            results.append("given")
        except VersionConflict:
            results.append("told")
        finally:
            connection.close()

    pairs = [(town.samira, town.hicham), (town.youssef, town.nadia)]
    threads = [Thread(target=give, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["given", "told"]
    draft.refresh_from_db()
    assert draft.state == "dispatched"
    assert draft.transitions.filter(to_state="dispatched").count() == 1


def test_a_declined_order_goes_to_another(given: WorkOrder, town: Town) -> None:
    samira = town.samira.user
    with pytest.raises(InvalidInput):
        services.transition_order(order=given, to="declined", actor=samira)
    declined = services.transition_order(order=given, to="declined", actor=samira, reason="camion en panne")
    assert declined.technician is None
    again = services.assign(
        order=declined, technician=town.youssef, actor=town.hicham, version=declined.version
    )
    assert (again.state, again.technician) == ("dispatched", town.youssef)


def test_only_its_technician_moves_an_order_in_the_field(given: WorkOrder, town: Town) -> None:
    for other in (town.youssef.user, town.hicham, town.salma):
        with pytest.raises(TransitionForbidden):
            services.transition_order(order=given, to="accepted", actor=other)
    assert services.transition_order(order=given, to="accepted", actor=town.samira.user).state == "accepted"


def test_work_is_not_done_before_its_photo(given: WorkOrder, town: Town) -> None:
    order = on_site(given, town)
    assert queries.order_detail(town.samira.user, order.pk).missing
    with pytest.raises(TransitionForbidden) as refused:
        services.transition_order(order=order, to="work_done", actor=town.samira.user)
    assert "photo" in str(refused.value)
    services.add_order_photo(order=order, author=town.samira.user, file=make.photo())
    assert not queries.order_detail(town.samira.user, order.pk).missing
    assert services.transition_order(order=order, to="work_done", actor=town.samira.user).state == "work_done"


@pytest.mark.parametrize("name", ["checklist_done", "parts_reconciled", "no_open_safety_permit"])
def test_what_another_part_registers_holds_work_back(given: WorkOrder, town: Town, name: str) -> None:
    order = on_site(given, town)
    services.add_order_photo(order=order, author=town.samira.user, file=make.photo())
    register_condition(name, lambda order: "permit 12 is still open")
    try:
        with pytest.raises(TransitionForbidden) as refused:
            services.transition_order(order=order, to="work_done", actor=town.samira.user)
        assert str(refused.value) == "permit 12 is still open"
    finally:
        unregister_condition(name)
    assert services.transition_order(order=order, to="work_done", actor=town.samira.user).state == "work_done"


def test_a_condition_that_the_table_does_not_name_is_refused() -> None:
    with pytest.raises(ValueError, match="weather_is_fine"):
        register_condition("weather_is_fine", lambda order: None)


def test_who_did_the_work_does_not_verify_it_under_another_role(given: WorkOrder, town: Town) -> None:
    samira = town.samira.user
    order = make.walk(on_site(given, town), samira, "work_done")
    samira.role_assignments.create(role="supervisor", valid=samira.role_assignments.get().valid)
    both = User.objects.get(pk=samira.pk)
    with pytest.raises(TransitionForbidden) as refused:
        services.transition_order(order=order, to="verified", actor=both)
    assert "someone other" in str(refused.value)
    assert services.transition_order(order=order, to="verified", actor=town.salma).state == "verified"


def test_what_is_to_be_redone_goes_back_on_site(given: WorkOrder, town: Town) -> None:
    order = make.walk(on_site(given, town), town.samira.user, "work_done")
    services.transition_order(order=order, to="rework", actor=town.salma, reason="le joint goutte")
    assert make.walk(order, town.samira.user, "on_site").state == "on_site"


def test_a_pause_says_why_and_of_which_kind(given: WorkOrder, town: Town) -> None:
    order = on_site(given, town)
    samira = town.samira.user
    with pytest.raises(InvalidInput):
        services.transition_order(order=order, to="paused", actor=samira, pause_kind="parts")
    with pytest.raises(InvalidInput):
        services.transition_order(order=order, to="paused", actor=samira, reason="x", pause_kind="lunch")
    paused = services.transition_order(
        order=order, to="paused", actor=samira, reason="collier DN100", pause_kind="parts"
    )
    assert paused.pause_kind == "parts"
    assert services.transition_order(order=order, to="on_site", actor=samira).pause_kind == ""


@pytest.mark.parametrize("shift", [timedelta(days=73 * 365), timedelta(minutes=6), timedelta(days=-31)])
def test_a_phone_whose_clock_is_wrong_is_told(given: WorkOrder, town: Town, shift: timedelta) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.transition_order(
            order=given, to="accepted", actor=town.samira.user, occurred_at=clock.now() + shift
        )
    assert "occurred_at" in refused.value.extra["errors"]


def test_what_happened_in_the_basement_keeps_its_time(given: WorkOrder, town: Town) -> None:
    then = clock.now() - timedelta(hours=8)
    services.transition_order(order=given, to="accepted", actor=town.samira.user, occurred_at=then)
    row = given.transitions.last()
    assert row.occurred_at == then
    assert row.recorded_at > then + timedelta(hours=7)


def test_a_note_and_a_photo_sent_twice_are_one(given: WorkOrder, town: Town) -> None:
    samira, key = town.samira.user, uuid4()
    notes = [
        services.add_order_note(order=given, author=samira, text="vanne fermée", client_id=key)
        for _ in range(2)
    ]
    assert notes[0] == notes[1]
    photos = [
        services.add_order_photo(order=given, author=samira, file=make.photo(), client_id=key)
        for _ in range(2)
    ]
    assert photos[0] == photos[1]
    with pytest.raises(NotFound):
        services.add_order_note(order=given, author=town.hicham, text="x", client_id=key)


def test_the_nearest_with_the_skill_comes_first_and_says_why(draft: WorkOrder, town: Town) -> None:
    electrician = make.crew(
        cast.person("adil", "technician"), home=make.NEAR_B, skills=("electricity-network",)
    )
    found = queries.suggest_technicians(order=draft)
    assert [suggestion.technician for suggestion in found] == [town.samira, town.youssef]
    assert electrician not in [suggestion.technician for suggestion in found]
    assert "m away" in found[0].explanation
    assert "free" in found[0].explanation
    nobody = queries.suggest_technicians(order=draft, at=clock.now() + timedelta(days=30))
    assert nobody == []


def test_the_board_shows_who_has_what_and_what_nobody_has(given: WorkOrder, town: Town) -> None:
    waiting = make.order(town.hicham, make.incident(town.hicham, make.report(make.NEAR_D)))
    board = queries.dispatch_board(town.hicham)
    assert [row.id for row in board.unassigned] == [waiting.pk]
    held = {row.name: [order.id for order in row.orders] for row in board.technicians}
    assert held == {"Samira El Idrissi": [given.pk], "Youssef Amrani": []}
    assert all(row.on_shift for row in board.technicians)


def test_the_api_takes_an_order_from_the_desk_to_the_field_and_back(town: Town) -> None:
    incident = make.incident(town.hicham, make.report(text="fuite devant l'école"))
    hicham, samira, salma = (signed_in(u) for u in (town.hicham, town.samira.user, town.salma))
    order = hicham.post("/api/v1/work-orders/", {"incident": incident.pk, "title": "Réparer"}, format="json")
    assert order.status_code == 201
    url = f"/api/v1/work-orders/{order.json()['id']}/"
    best = hicham.get(f"{url}suggestions/").json()["results"][0]
    assert best["name"] == "Samira El Idrissi"
    body = {"technician": best["technician"], "version": order.json()["version"]}
    given = hicham.post(f"{url}assign/", body, format="json")
    assert given.json()["state"] == "dispatched"
    late = hicham.post(f"{url}assign/", body, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")
    seen = samira.get(url).json()
    assert seen["reports"] == ["fuite devant l'école"]
    assert [valve["code"] for valve in seen["valves"]] == ["v1", "v2"]
    assert seen["allowed"] == ["accepted", "declined"]
    for step in ("accepted", "en_route", "on_site"):
        assert samira.post(f"{url}transitions/", {"to": step}, format="json").json()["state"] == step
    assert samira.post(f"{url}notes/", {"text": "collier posé"}, format="json").status_code == 201
    fake = samira.post(f"{url}photos/", {"photo": "text"}, format="json")
    assert fake.status_code == 400
    photo = samira.post(f"{url}photos/", {"photo": make.photo(), "caption": "après"}, format="multipart")
    assert photo.status_code == 201
    served = salma.get(photo.json()["url"])
    assert served["Content-Disposition"].startswith("attachment")
    shut(served)
    done = samira.post(f"{url}transitions/", {"to": "work_done"}, format="json").json()
    assert (done["state"], done["missing"]) == ("work_done", [])
    stale = salma.post(f"{url}transitions/", {"to": "verified", "version": 1}, format="json")
    assert stale.status_code == 409
    assert {"code", "current", "version", "allowed"} <= stale.json().keys()
    verified = salma.post(
        f"{url}transitions/", {"to": "verified", "version": done["version"]}, format="json"
    ).json()
    assert verified["state"] == "verified"
    assert verified["history"][-1]["actor"] == "Salma Alami"


def test_a_replayed_transition_gets_its_first_answer(given: WorkOrder, town: Town) -> None:
    samira, key = signed_in(town.samira.user), {"Idempotency-Key": str(uuid4())}
    url = f"/api/v1/work-orders/{given.pk}/transitions/"
    first = samira.post(url, {"to": "accepted"}, format="json", headers=key)
    again = samira.post(url, {"to": "accepted"}, format="json", headers=key)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert given.transitions.filter(to_state="accepted").count() == 1
    assert samira.post(url, {"to": "en_route"}, format="json", headers=key).status_code == 422


def test_who_declines_gets_an_answer_and_then_sees_it_no_more(given: WorkOrder, town: Town) -> None:
    samira = signed_in(town.samira.user)
    url = f"/api/v1/work-orders/{given.pk}/"
    declined = samira.post(f"{url}transitions/", {"to": "declined", "reason": "malade"}, format="json")
    assert declined.json()["state"] == "declined"
    assert samira.get(url).status_code == 404


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_a_state_is_not_written_by_any_other_door(given: WorkOrder, town: Town, method: str) -> None:
    client = signed_in(town.hicham)
    answer = getattr(client, method)(f"/api/v1/work-orders/{given.pk}/", {"state": "closed"}, format="json")
    assert answer.status_code == 405
    given.refresh_from_db()
    assert given.state == "dispatched"


def test_a_state_sent_with_a_new_order_is_ignored(town: Town) -> None:
    incident = make.incident(town.hicham, make.report())
    body = {"incident": incident.pk, "state": "verified", "technician": town.samira.pk}
    answer = signed_in(town.hicham).post("/api/v1/work-orders/", body, format="json")
    assert answer.json()["state"] == ORDER.initial


def test_every_walk_of_an_order_leaves_one_row_for_each_step(given: WorkOrder, town: Town) -> None:
    order = make.walk(on_site(given, town), town.samira.user, "work_done")
    order = make.walk(order, town.salma, "verified", "closed")
    versions = list(order.transitions.values_list("version", flat=True))
    assert versions == list(range(2, order.version + 1))


def test_a_place_told_in_words_reaches_the_crew(town: Town) -> None:
    incident = make.incident(town.hicham, make.report(None, place="Près de la mosquée Es-Salam"))
    assert make.order(town.hicham, incident).place == "Près de la mosquée Es-Salam"
