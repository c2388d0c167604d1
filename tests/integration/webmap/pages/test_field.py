"""The technician takes an order to its end, sees only their own, and is told clearly of conflicts."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from backend.core.models import User
from maintenance import services
from maintenance.models import WorkOrder
from tests.factories import core as cast
from tests.integration.webmap.pages.conftest import Town, picture, signed_in

pytestmark = pytest.mark.django_db


def push(client: Client, order: WorkOrder, to: str, **values: str) -> object:
    order.refresh_from_db()
    data = {"to": to, "version": str(order.version)} | values
    return client.post(f"/field/orders/{order.pk}/transition/", data)


def user_of(technician: object) -> User:
    return technician.user  # type: ignore[attr-defined, no-any-return]


def test_the_whole_way_with_a_photo_and_a_note(town: Town) -> None:
    order = town.order(given_to=town.samira)
    phone = signed_in(user_of(town.samira))
    assert 'data-testid="order-row"' in phone.get("/field/").content.decode()
    page = phone.get(f"/field/orders/{order.pk}/").content.decode()
    assert 'data-testid="transition-accepted"' in page
    assert 'href="geo:34.926,-2.326?q=34.926,-2.326(' in page
    for to in ("accepted", "en_route", "on_site"):
        assert push(phone, order, to).status_code == 302
    early = push(phone, order, "work_done")
    assert early.status_code == 409
    assert "Pas encore possible" in early.content.decode()
    phone.post(f"/field/orders/{order.pk}/photo/", {"photo": picture(), "client_id": str(uuid4())})
    phone.post(f"/field/orders/{order.pk}/note/", {"text": "Joint remplacé", "client_id": str(uuid4())})
    assert push(phone, order, "work_done").status_code == 302
    order.refresh_from_db()
    assert order.state == "work_done"
    page = phone.get(f"/field/orders/{order.pk}/").content.decode()
    assert "Joint remplacé" in page
    assert 'id="action"' not in page


def test_the_order_of_another_is_not_there(town: Town) -> None:
    order = town.order(given_to=town.youssef)
    phone = signed_in(user_of(town.samira))
    for path, method in (("", "get"), ("transition/", "post"), ("note/", "post"), ("photo/", "post")):
        assert getattr(phone, method)(f"/field/orders/{order.pk}/{path}").status_code == 404


def test_only_technicians_come_in(town: Town, outsider: Client) -> None:
    assert outsider.get("/field/")["Location"].startswith("/accounts/login/")
    assert signed_in(town.hicham).get("/field/").status_code == 403


def test_a_conflict_says_what_is_true_now_and_changes_nothing(town: Town) -> None:
    order = town.order(given_to=town.samira)
    phone = signed_in(user_of(town.samira))
    seen = order.version
    services.transition_order(order=order, to="cancelled", actor=town.hicham, reason="Doublon")
    answer = phone.post(f"/field/orders/{order.pk}/transition/", {"to": "accepted", "version": str(seen)})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert 'data-testid="refusal"' in text
    assert "votre action n’a pas été faite" in text
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_a_pause_needs_its_kind_and_a_reason(town: Town) -> None:
    order = town.order(given_to=town.samira)
    phone = signed_in(user_of(town.samira))
    for to in ("accepted", "en_route", "on_site"):
        push(phone, order, to)
    assert push(phone, order, "paused", pause_kind="parts").status_code == 422
    assert push(phone, order, "paused", pause_kind="parts", reason="Manchon DN100").status_code == 302
    order.refresh_from_db()
    assert (order.state, order.pause_kind) == ("paused", "parts")
    assert "Reprendre le travail" in phone.get(f"/field/orders/{order.pk}/").content.decode()


def test_a_declined_order_leaves_the_day(town: Town) -> None:
    order = town.order(given_to=town.samira)
    phone = signed_in(user_of(town.samira))
    assert push(phone, order, "declined", reason="Déjà sur une urgence")["Location"] == "/field/"
    assert 'data-testid="order-row"' not in phone.get("/field/").content.decode()


def test_a_photo_that_is_none_and_an_empty_note_are_told(town: Town) -> None:
    order = town.order(given_to=town.samira)
    phone = signed_in(user_of(town.samira))
    assert phone.post(f"/field/orders/{order.pk}/photo/").status_code == 422
    broken = picture()
    broken.seek(0)
    broken.write(b"not a picture at all")
    assert phone.post(f"/field/orders/{order.pk}/photo/", {"photo": broken}).status_code == 422
    assert phone.post(f"/field/orders/{order.pk}/note/", {"text": " "}).status_code == 422


def test_a_note_sent_twice_is_one_note(town: Town) -> None:
    order = town.order(given_to=town.samira)
    phone = signed_in(user_of(town.samira))
    note = {"text": "Vu", "client_id": str(uuid4())}
    for _ in range(2):
        phone.post(f"/field/orders/{order.pk}/note/", note)
    assert order.notes.count() == 1


def test_the_day_in_arabic_is_right_to_left(town: Town) -> None:
    town.order(given_to=town.samira)
    page = signed_in(user_of(town.samira)).get("/field/?lang=ar").content.decode()
    assert 'lang="ar" dir="rtl"' in page
    assert "يومي" in page


def test_a_technician_without_orders_is_told_so(town: Town) -> None:
    stranger = cast.person("anas", "technician")
    assert "Aucun ordre pour vous" in signed_in(stranger).get("/field/").content.decode()
