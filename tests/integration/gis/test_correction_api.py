"""Corrections over HTTP: sent by a phone, once; read by right; decided against the versions seen."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from PIL import Image

from backend.core.models import User
from gis.models import Correction, Link
from gis.services import assign_jurisdiction, edit_element
from tests.factories.core import hicham, karim, person, salma, samira, youssef
from tests.factories.gis import built, square, zone
from tests.factories.maintenance import photo

pytestmark = pytest.mark.django_db

LIST = "/api/v1/corrections/"
OF_PIPE = {"network": "rue", "kind": "pipe", "code": "p1"}


@pytest.fixture(autouse=True)
def _street(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    built("R1 --p1-- a ==v1== b --p2-- c")


@pytest.fixture
def phone() -> Client:
    return at_work(samira())


@pytest.fixture
def office() -> Client:
    return at_work(salma())


def at_work(user: User, zone_code: str | None = None) -> Client:
    assign_jurisdiction(user=user, zone_code=zone_code)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def send(client: Client, key: str = "", **said: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(LIST, {**OF_PIPE, **said}, content_type="application/json", headers=headers)


def decide(client: Client, pk: int, **word: Any) -> Any:
    return client.post(f"{LIST}{pk}/transitions/", word, content_type="application/json")


def test_a_correction_waits_beside_what_the_map_says(phone: Client) -> None:
    answer = send(phone, changes={"diameter_mm": 150}, made_at="2026-03-01T10:00:00Z")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["author"], told["made_at"]) == (
        "waiting",
        "Samira El Idrissi",
        "2026-03-01T10:00:00Z",
    )
    assert told["said"] == [
        {"field": "diameter_mm", "seen": None, "mapped": None, "found": 150.0, "changed_since": False}
    ]
    assert Link.objects.get(code="p1").diameter_mm is None


def test_a_phone_that_sends_again_gets_the_first_answer_with_a_key_or_without(phone: Client) -> None:
    said = {"changes": {"diameter_mm": 150}, "client_id": str(uuid4())}
    first = send(phone, key="a-key-of-mine", **said).json()
    again = send(phone, key="a-key-of-mine", **said)
    assert (again.json(), again["Idempotency-Replayed"]) == (first, "true")
    assert send(phone, **said).json()["id"] == first["id"]
    assert Correction.objects.count() == 1


def test_a_correction_that_came_before_with_something_else_in_it_is_not_lost_in_silence(
    phone: Client,
) -> None:
    client_id = str(uuid4())
    send(phone, changes={"diameter_mm": 150}, client_id=client_id)
    other = send(phone, changes={"diameter_mm": 160}, client_id=client_id)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    colleague = send(at_work(youssef()), changes={"diameter_mm": 150}, client_id=client_id)
    assert colleague.status_code == 422


def test_what_one_person_wrote_is_not_taken_under_the_name_of_another(phone: Client) -> None:
    colleague = youssef()
    assert send(phone, note="x", author=str(colleague.public_id)).status_code == 403
    assert send(at_work(colleague), note="x", author=str(colleague.public_id)).status_code == 201


def test_what_the_phone_showed_hours_ago_is_told_beside_what_the_map_says_now(
    phone: Client, office: Client
) -> None:
    link = Link.objects.get(code="p1")
    edit_element(
        table="link",
        element_id=link.pk,
        version=1,
        changes={"diameter_mm": 160},
        actor=person("souad", "supervisor"),
    )
    told = send(phone, changes={"diameter_mm": 150}, seen_version=1).json()
    assert told["changed_since"]
    assert told["said"][0] | {"field": ""} == {
        "field": "",
        "seen": None,
        "mapped": 160.0,
        "found": 150.0,
        "changed_since": True,
    }


def test_a_form_brings_a_photo_and_only_the_picture_is_kept(phone: Client, office: Client) -> None:
    exif = Image.Exif()
    exif[0x010E] = "chez Zoubida"
    form = {**OF_PIPE, "changes": json.dumps({"diameter_mm": 150}), "photo": photo(exif=exif)}
    answer = phone.post(LIST, form)
    assert answer.status_code == 201, answer.json()
    for reader in (phone, office):
        picture = reader.get(answer.json()["photo"])
        assert picture["Content-Disposition"].startswith("attachment")
        with Image.open(io.BytesIO(picture.getvalue())) as kept:
            assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    assert phone.post(LIST, {**form, "photo": io.BytesIO(b"<svg/>")}).status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"changes": []},
        {"changes": {"diameter_mm": "wide"}},
        {"changes": {"version": 4}},
        {"note": "x", "colour": "blue"},
        {"note": "x", "kind": "zone"},
        {"note": "x", "client_id": "mine"},
    ],
)
def test_what_cannot_be_is_refused(phone: Client, said: dict[str, Any]) -> None:
    assert send(phone, **said).status_code == 400
    assert not Correction.objects.exists()


def test_technicians_see_their_own_and_the_office_what_lies_where_it_answers(phone: Client) -> None:
    send(phone, note="one", code="p1")
    send(phone, note="two", code="p2")
    zone("west", square(-2.3205, 34.9195, 0.0015))
    west = at_work(person("souad", "supervisor"), "west")
    codes = [one["code"] for one in west.get(LIST).json()["results"]]
    assert codes == ["p1"]
    elsewhere = Correction.objects.get(subject_code="p2").pk
    assert west.get(f"{LIST}{elsewhere}/").status_code == 404
    assert decide(west, elsewhere, to="refused", version=1, reason="x").status_code == 404
    assert at_work(youssef()).get(LIST).json()["results"] == []
    assert len(phone.get(LIST).json()["results"]) == 2
    assert at_work(karim()).get(LIST).status_code == 403
    assert send(at_work(hicham()), note="x").status_code == 403


def test_the_list_is_paged_newest_first_and_filtered(
    phone: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        send(phone, note=f"{number}", changes={"diameter_mm": 150 + number})
    with django_assert_max_num_queries(9):
        page = phone.get(LIST, {"limit": 2}).json()
    assert [one["note"] for one in page["results"]] == ["2", "1"]
    assert [one["note"] for one in phone.get(page["next"]).json()["results"]] == ["0"]
    for query, count in (
        ({"state": "refused"}, 0),
        ({"network": "rue"}, 3),
        ({"bbox": "0,0,1,1"}, 0),
        ({"bbox": "-3,34,-2,35"}, 3),
    ):
        assert len(phone.get(LIST, query).json()["results"]) == count, query
    for query in ({"state": "lost"}, {"stat": "waiting"}):
        assert phone.get(LIST, query).status_code == 400


def test_once_accepted_the_network_says_it(phone: Client, office: Client) -> None:
    made = send(phone, changes={"diameter_mm": 150}).json()
    assert office.get(f"{LIST}{made['id']}/")["ETag"] == '"1"'
    answer = decide(office, made["id"], to="accepted", version=1, element_version=1)
    assert (answer.status_code, answer.json()["state"], answer.json()["decided_by"]) == (
        200,
        "accepted",
        "Salma Alami",
    )
    assert Link.objects.get(code="p1").diameter_mm == 150
    again = decide(office, made["id"], to="refused", version=1, reason="x")
    assert (again.status_code, again.json()["code"], again.json()["version"]) == (409, "version_conflict", 2)


def test_an_element_that_changed_since_is_shown_and_not_overwritten(phone: Client, office: Client) -> None:
    made = send(phone, changes={"diameter_mm": 150}).json()
    link = Link.objects.get(code="p1")
    edit_element(
        table="link",
        element_id=link.pk,
        version=1,
        changes={"diameter_mm": 160},
        actor=person("souad", "supervisor"),
    )
    answer = decide(office, made["id"], to="accepted", version=1, element_version=1)
    assert (answer.status_code, answer.json()["code"]) == (412, "edited_meanwhile")
    assert answer.json()["current"]["said"][0]["mapped"] == 160
    assert Correction.objects.get().state == "waiting"


def test_a_word_needs_a_reason_or_the_version_seen(phone: Client, office: Client) -> None:
    made = send(phone, note="x").json()
    assert decide(office, made["id"], to="refused", version=1).status_code == 400
    assert decide(office, made["id"], to="accepted", version=1).status_code == 400
    assert decide(phone, made["id"], to="refused", version=1, reason="x").status_code == 403


def test_nothing_is_moved_out_of_what_the_reviewer_answers_for(phone: Client) -> None:
    made = send(phone, code="v1", kind="valve", changes={"place": [-2.3185, 34.9240]}).json()
    zone("street", square(-2.3215, 34.9175, 0.005))
    street = at_work(person("souad", "supervisor"), "street")
    answer = decide(street, made["id"], to="accepted", version=1, element_version=1)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["place"])
    assert Correction.objects.get().state == "waiting"
