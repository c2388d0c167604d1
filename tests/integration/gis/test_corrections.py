"""Tests of corrections from the field: the survey stands until one is accepted, and stays in the history."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from backend.core.errors import InvalidInput, TransitionForbidden, VersionConflict
from backend.core.models import User
from gis.errors import EditedMeanwhile
from gis.models import Correction, Link, Node
from gis.queries.corrections import corrections, sheets
from gis.queries.history import element_history
from gis.services import (
    accept_correction,
    assign_jurisdiction,
    edit_element,
    record_correction,
    refuse_correction,
)
from tests.factories.core import salma, samira
from tests.factories.gis import built

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician() -> User:
    user = samira()
    assign_jurisdiction(user=user)
    return user


@pytest.fixture
def supervisor() -> User:
    user = salma()
    assign_jurisdiction(user=user)
    return user


@pytest.fixture
def pipe(technician: User) -> Link:
    built("R1 --p1-- a ==v1== b --p2-- c")
    return Link.objects.get(code="p1")


def sent(pipe: Link, technician: User, **changes: Any) -> Correction:
    return record_correction(element=pipe, author=technician, changes=changes, note="Vu en fouille")


def test_what_the_field_says_waits_and_the_map_stays_as_surveyed(pipe: Link, technician: User) -> None:
    correction = sent(pipe, technician, diameter_mm="150")

    assert (correction.state, correction.changes, correction.seen) == (
        "waiting",
        {"diameter_mm": 150.0},
        {"diameter_mm": None},
    )
    pipe.refresh_from_db()
    assert (pipe.diameter_mm, pipe.version) == (None, 1)


def test_once_accepted_the_network_says_it_and_the_history_keeps_the_survey(
    pipe: Link, technician: User, supervisor: User
) -> None:
    correction = sent(pipe, technician, diameter_mm=150)

    accept_correction(correction=correction, actor=supervisor, version=1, element_version=1)

    pipe.refresh_from_db()
    assert pipe.diameter_mm == 150
    (change,) = element_history(pipe).changes
    assert (change.by, change.correction_id) == ("Salma Alami", correction.pk)
    assert [(one.before, one.after) for one in change.differences] == [(None, 150)]


def test_a_moved_valve_is_moved_with_its_ends(pipe: Link, technician: User, supervisor: User) -> None:
    valve = Link.objects.get(code="v1")
    correction = sent(valve, technician, place=["-2.3185", "34.9201"], operable=False)
    (sheet,) = sheets([correction])
    assert sheet.moved_m == pytest.approx(11, abs=1)

    accept_correction(correction=correction, actor=supervisor, version=1, element_version=1)

    valve.refresh_from_db()
    assert valve.geom.interpolate_normalized(0.5).coords == pytest.approx((-2.3185, 34.9201))
    assert not valve.operable
    assert Node.objects.get(code="a").geom.coords == pytest.approx(valve.geom[0])


def test_a_refusal_needs_a_reason_and_changes_nothing(pipe: Link, technician: User, supervisor: User) -> None:
    correction = sent(pipe, technician, diameter_mm=150)
    with pytest.raises(InvalidInput):
        refuse_correction(correction=correction, actor=supervisor, version=1, reason=" ")

    refuse_correction(correction=correction, actor=supervisor, version=1, reason="Autre conduite")

    pipe.refresh_from_db()
    assert pipe.diameter_mm is None
    (sheet,) = sheets(list(corrections(supervisor, "refused")))
    assert sheet.decision is not None
    assert sheet.decision.reason == "Autre conduite"


def test_the_element_that_changed_since_the_reviewer_looked_is_not_overwritten(
    pipe: Link, technician: User, supervisor: User
) -> None:
    correction = sent(pipe, technician, diameter_mm=150)
    edit_element(table="link", element_id=pipe.pk, version=1, changes={"diameter_mm": 160}, actor=supervisor)

    with pytest.raises(EditedMeanwhile):
        accept_correction(correction=correction, actor=supervisor, version=1, element_version=1)

    correction.refresh_from_db()
    assert correction.state == "waiting"
    (sheet,) = sheets([correction])
    assert sheet.said[0].changed_since


def test_it_is_decided_once_and_by_those_who_may(pipe: Link, technician: User, supervisor: User) -> None:
    correction = sent(pipe, technician, diameter_mm=150)
    with pytest.raises(TransitionForbidden):
        accept_correction(correction=correction, actor=technician, version=1, element_version=1)
    accept_correction(correction=correction, actor=supervisor, version=1, element_version=1)
    with pytest.raises(VersionConflict):
        refuse_correction(correction=correction, actor=supervisor, version=1, reason="Non")


def test_a_phone_that_sends_again_sends_the_same(pipe: Link, technician: User) -> None:
    client_id = uuid4()
    for _ in range(2):
        record_correction(
            element=pipe, author=technician, changes={}, note="Regard noyé", client_id=client_id
        )
    assert Correction.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("p1", {}),
        ("p1", {"diameter_mm": "gros"}),
        ("p1", {"diameter_mm": "nan"}),
        ("p1", {"place": [-2.32, 34.92]}),
        ("v1", {"place": [-2.0, 34.92]}),
        ("v1", {"place": ["", "34.92"]}),
        ("v1", {"state": "ajar"}),
        ("v1", {"version": 3}),
    ],
)
def test_what_cannot_be_is_refused(pipe: Link, technician: User, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        record_correction(element=Link.objects.get(code=code), author=technician, changes=changes)
    assert not Correction.objects.exists()
