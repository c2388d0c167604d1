"""What people send is taken in, checked, placed, acknowledged; what is wrong is told field by field."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from backend.core.models import Message
from backend.core.services.people import set_organisation
from maintenance.models import Report, ReportPhoto
from tests.factories import core as cast
from tests.factories import maintenance as make
from tests.integration.maintenance.conftest import Town, shut, signed_in

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports/"
LEAK = {
    "category": "no-water",
    "lon": make.NEAR_B[0],
    "lat": make.NEAR_B[1],
    "text": "plus d'eau",
    "phone": "0612345678",
}


def send(client: APIClient, body: dict[str, Any], **headers: str) -> Any:
    return client.post(URL, body, format="json", headers=headers)


def test_anyone_files_a_report_and_is_told_where_it_hangs(town: Town, anyone: APIClient) -> None:
    answer = send(anyone, LEAK)
    assert answer.status_code == 201
    body = answer.json()
    assert re.fullmatch(r"OR-[0-9A-Z]{4}-[0-9A-Z]{4}", body["reference"])
    assert body["track_url"].endswith(f"/track/{body['reference']}/")
    assert body["zone"] == "dma-west"
    assert (body["nearest"]["kind"], body["nearest"]["code"]) == ("pipe", "p1")
    assert 5 < body["nearest"]["distance_m"] < 20
    assert body["in_service_area"] is True
    report = Report.objects.get(reference=body["reference"])
    assert report.state == "received"
    assert report.phone == "+212612345678"
    assert report.supply_group_key
    assert {zone.code for zone in report.zones.all()} == {"berkane", "dma-west"}
    assert [row.to_state for row in report.transitions.all()] == ["received"]


@pytest.mark.parametrize("phone", ["06 12 34 56 78", "٠٦١٢٣٤٥٦٧٨", "+212612345678", "00212 6 12 34 56 78"])
def test_a_phone_is_understood_however_typed(town: Town, anyone: APIClient, phone: str) -> None:
    assert send(anyone, LEAK | {"phone": phone}).status_code == 201
    assert Report.objects.get().phone == "+212612345678"


@pytest.mark.parametrize(
    ("language", "start"), [("fr", "SRM Orientale"), ("ar", "الشركة الجهوية"), ("en", "SRM Orientale")]
)
def test_the_reporter_is_told_in_their_language(
    town: Town, anyone: APIClient, language: str, start: str
) -> None:
    reference = send(anyone, LEAK | {"language": language}).json()["reference"]
    message = Message.objects.get()
    assert message.language == language
    assert message.body.startswith(start)
    assert reference in message.body


def test_a_place_outside_the_area_is_accepted_marked_and_told_so(town: Town, anyone: APIClient) -> None:
    answer = send(anyone, LEAK | {"lon": make.AT_SEA[0], "lat": make.AT_SEA[1]})
    assert answer.status_code == 201
    assert answer.json()["in_service_area"] is False
    assert answer.json()["zone"] is None
    assert Report.objects.get().supply_group_key == ""
    assert Message.objects.get().template == "maintenance.report_outside"


def test_a_described_place_is_enough(town: Town, anyone: APIClient) -> None:
    answer = send(anyone, {"category": "no-power", "place": "Douar Zegzel, près de l'école"})
    assert answer.status_code == 201
    assert answer.json()["nearest"] is None


def test_a_chosen_zone_counts_where_there_is_no_point(town: Town) -> None:
    report = make.report(None, place="", zone="dma-east")
    assert report.zone == make.zone("dma-east")
    assert [zone.code for zone in report.zones.all()] == ["dma-east"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "free-beer"}, "category"),
        ({"category": None}, "category"),
        ({"phone": "12"}, "phone"),
        ({"lon": None, "lat": None}, "location"),
        ({"lon": 0, "lat": 0}, "location"),
        ({"lon": -2.3, "lat": None}, "location"),
        ({"lon": 999, "lat": 34}, "location"),
        ({"lon": "west"}, "lon"),
        ({"text": "x" * 4001}, "text"),
        ({"place": "x" * 301}, "place"),
        ({"language": "de"}, "language"),
        ({"photo": "not a file"}, "photo"),
    ],
)
def test_what_is_wrong_is_named_by_field_and_nothing_is_stored(
    town: Town, anyone: APIClient, wrong: dict[str, Any], field: str
) -> None:
    answer = send(anyone, LEAK | wrong)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert field in answer.json()["errors"]
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'"text"', b"\xff\xfe", b'{"lon": 1e400}', b'{"category": ["a"]}']
)
def test_a_body_that_is_no_report_is_a_plain_refusal(town: Town, anyone: APIClient, raw: bytes) -> None:
    assert anyone.post(URL, raw, content_type="application/json").status_code == 400


def test_script_in_the_text_is_stored_as_text(town: Town, anyone: APIClient) -> None:
    text = "<script>alert('x')</script>\u202e fuite"
    assert send(anyone, LEAK | {"text": text}).status_code == 201
    assert Report.objects.get().text == "<script>alert('x')</script> fuite"


def test_the_same_key_gives_the_same_report(town: Town, anyone: APIClient) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first, again = send(anyone, LEAK, **key), send(anyone, LEAK, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Report.objects.count() == 1
    assert send(anyone, LEAK | {"text": "autre chose"}, **key).status_code == 422


def test_a_form_sent_twice_is_one_report(town: Town) -> None:
    key = str(uuid4())
    assert make.report(submission_key=key) == make.report(submission_key=key)


def test_an_agent_records_for_someone_else(town: Town) -> None:
    karim = make.at_the_desk(cast.karim())
    assert send(signed_in(karim), LEAK).status_code == 201
    report = Report.objects.get()
    assert report.recorded_by == karim
    assert report.reporter is None


def test_a_citizen_finds_their_own(town: Town) -> None:
    fatima = cast.fatima()
    reference = send(signed_in(fatima), LEAK).json()["reference"]
    make.report()
    rows = signed_in(fatima).get(URL).json()["results"]
    assert [row["reference"] for row in rows] == [reference]


def test_many_reports_from_one_phone_are_slowed_down_and_a_neighbourhood_is_not(
    town: Town, anyone: APIClient
) -> None:
    body = {"category": "no-power", "place": "ici"}
    for _ in range(30):
        assert send(anyone, body | {"phone": "0612345678"}).status_code == 201
    slowed = send(anyone, body | {"phone": "06 12 34 56 78"})
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) > 0
    assert send(anyone, body | {"phone": "0698765432"}).status_code == 201


def stored() -> bytes:
    with ReportPhoto.objects.get().file.open() as file:
        return bytes(file.read())


def with_photo(client: APIClient, *files: SimpleUploadedFile) -> Any:
    return client.post(URL, LEAK | {"photo": list(files)}, format="multipart")


def test_a_photo_keeps_its_picture_and_loses_where_it_was_taken(town: Town, anyone: APIClient) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Telephone of Aziz"
    exif.get_ifd(0x8825)[2] = (34.0, 55.0, 12.0)
    sent = make.photo(size=(120, 80), exif=exif.tobytes())
    sent.seek(0, io.SEEK_END)
    sent.write(b"<?php echo 'polyglot' ?>")
    sent.seek(0)
    assert with_photo(anyone, sent).status_code == 201
    content = stored()
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (120, 80))
        assert not picture.getexif()
    assert b"polyglot" not in content
    assert b"Aziz" not in content


@pytest.mark.parametrize("format_", ["PNG", "WEBP"])
def test_other_pictures_become_jpeg(town: Town, anyone: APIClient, format_: str) -> None:
    assert with_photo(anyone, make.photo("x.jpg", format_=format_)).status_code == 201
    assert stored()[:3] == b"\xff\xd8\xff"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.mark.parametrize(
    "content", [b"", b"hello", SVG, GIF, b"\xff\xd8\xff\xe0 no picture", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"]
)
def test_a_photo_that_is_no_photo_is_refused(town: Town, anyone: APIClient, content: bytes) -> None:
    answer = with_photo(anyone, SimpleUploadedFile("fuite.jpg", content, "image/jpeg"))
    assert answer.status_code == 400
    assert "photo" in answer.json()["errors"]
    assert not Report.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused_without_decoding_it(town: Town, anyone: APIClient) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    answer = with_photo(anyone, SimpleUploadedFile("bomb.png", out.getvalue()))
    assert answer.status_code == 400
    assert "25" in answer.json()["errors"]["photo"][0]


def test_a_file_over_12_megabytes_is_refused(town: Town, anyone: APIClient) -> None:
    answer = with_photo(anyone, SimpleUploadedFile("big.jpg", b"\xff" * (12 * 1024 * 1024 + 1)))
    assert answer.status_code == 400
    assert "photo" in answer.json()["errors"]


def test_five_photos_at_most(town: Town, anyone: APIClient) -> None:
    assert with_photo(anyone, *[make.photo() for _ in range(6)]).status_code == 400


def test_a_photo_is_served_to_who_may_see_it_as_an_attachment(town: Town, anyone: APIClient) -> None:
    with_photo(anyone, make.photo())
    url = f"/api/v1/report-photos/{ReportPhoto.objects.get().public_id}/"
    assert anyone.get(url).status_code == 401
    assert signed_in(cast.fatima()).get(url).status_code == 404
    answer = signed_in(town.hicham).get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "image/jpeg"
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
    shut(answer)


def test_without_a_service_area_every_place_is_inside(town: Town, anyone: APIClient) -> None:
    set_organisation(service_area=None)
    assert (
        send(anyone, LEAK | {"lon": make.AT_SEA[0], "lat": make.AT_SEA[1]}).json()["in_service_area"] is True
    )
