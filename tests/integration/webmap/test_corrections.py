"""The way of a correction through the pages: written on a phone, decided in the office."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from backend.core.models import User
from gis.models import Correction, Link
from gis.services import assign_jurisdiction, edit_element
from tests.factories.core import hicham, person, salma, samira
from tests.factories.gis import built
from tests.factories.maintenance import photo

pytestmark = pytest.mark.django_db

REVIEW = "/network/corrections/"


@pytest.fixture
def phone(client: Client) -> Client:
    built("R1 --p1-- a ==v1== b")
    technician = samira()
    assign_jurisdiction(user=technician)
    client.force_login(technician)
    return client


@pytest.fixture
def office() -> Client:
    return _at_work(salma())


def _at_work(user: User) -> Client:
    assign_jurisdiction(user=user)
    client = Client()
    client.force_login(user)
    return client


def _colleague() -> User:
    return person("souad", "supervisor")


def written(phone: Client, code: str = "p1", **values: object) -> int:
    kind = "valve" if code.startswith("v") else "pipe"
    address = reverse("field_correction", args=["rue", kind, code])
    return phone.post(address, values).status_code


def test_the_technician_finds_the_element_by_what_stands_on_it(phone: Client) -> None:
    page = phone.get("/field/corrections/", {"q": "P-1"}).content.decode()
    assert reverse("field_correction", args=["rue", "pipe", "p1"]) in page


def test_a_refused_figure_comes_back_as_it_was_typed(phone: Client) -> None:
    address = reverse("field_correction", args=["rue", "pipe", "p1"])
    refused = phone.post(address, {"diameter_mm": "deux", "length_m": "12,5"})
    page = refused.content.decode()
    assert 'value="deux"' in page
    assert 'value="12,5"' in page


def test_it_goes_from_the_phone_to_the_office_and_into_the_network(phone: Client, office: Client) -> None:
    assert written(phone, diameter_mm="150,5", note="Vu en fouille", photo=photo()) == 302
    page = office.get(REVIEW).content.decode()
    assert "Vu en fouille" in page
    correction = Correction.objects.get()
    picture = office.get(f"{REVIEW}{correction.pk}/photo/")
    assert picture["Content-Type"] == "image/jpeg"
    assert picture.getvalue().startswith(b"\xff\xd8")

    answer = office.post(f"{REVIEW}{correction.pk}/accept/", {"version": 1, "element_version": 1})

    assert answer.status_code == 302
    assert Link.objects.get(code="p1").diameter_mm == 150.5


def test_a_form_without_anything_said_is_given_back_in_words(phone: Client) -> None:
    assert written(phone) == 422
    assert written(phone, code="v1", lat="34.92") == 422
    assert not Correction.objects.exists()


def test_the_office_is_shown_what_changed_since_it_looked(phone: Client, office: Client) -> None:
    written(phone, diameter_mm="150")
    link, correction = Link.objects.get(code="p1"), Correction.objects.get()
    edit_element(
        table="link", element_id=link.pk, version=1, changes={"diameter_mm": 160}, actor=_colleague()
    )

    answer = office.post(f"{REVIEW}{correction.pk}/accept/", {"version": 1, "element_version": 1})

    assert answer.status_code == 409
    assert "160" in answer.content.decode()
    assert Link.objects.get(code="p1").diameter_mm == 160


def test_a_refusal_is_told_with_its_reason(phone: Client, office: Client) -> None:
    written(phone, note="Autre diamètre")
    correction = Correction.objects.get()
    assert office.post(f"{REVIEW}{correction.pk}/refuse/", {"version": 1}).status_code == 422
    office.post(f"{REVIEW}{correction.pk}/refuse/", {"version": 1, "reason": "Conduite voisine"})
    assert "Conduite voisine" in office.get(REVIEW, {"state": "refused"}).content.decode()


def test_dispatchers_read_and_do_not_decide(phone: Client) -> None:
    written(phone, note="Autre diamètre")
    page = _at_work(hicham()).get(REVIEW).content.decode()
    assert "Autre diamètre" in page
    assert "correction-accept" not in page
