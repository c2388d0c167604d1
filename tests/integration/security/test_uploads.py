"""Only the picture of a photo is kept, and only a picture is given back."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from maintenance.models import Report, ReportPhoto
from tests.factories import maintenance as make
from tests.integration.security.world import World, browser, shut

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def file(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def jpeg(**options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", **options)
    return out.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """Return a PNG of a few bytes that says it is 3.6 thousand megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_position() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Zoubida"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 55.0, 13.0), 3: "W", 4: (2.0, 19.0, 1.0)})
    return jpeg(exif=exif, comment=b"secret remark")


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", SVG, b"GIF89a" + bytes(40), b"<html>", jpeg()[:200], bomb(), b"%PDF-1.7"],
    ids=["empty", "program", "svg", "gif", "html", "torn", "bomb", "pdf"],
)
def test_what_is_no_photo_is_refused_and_nothing_is_stored(world: World, content: bytes) -> None:
    before = Report.objects.count()
    sent = {"category": "no-water", "place": "x", "photo": file(content)}
    answer = browser().post("/api/v1/reports/", sent)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["photo"]
    page = browser().post("/report/", sent | {"text": "", "phone": "", "photo": file(content)})
    assert page.status_code == 422
    assert Report.objects.count() == before


def test_only_the_picture_of_a_photo_is_kept(world: World) -> None:
    for content in (with_position(), jpeg() + b"PK\x03\x04<script>alert(1)</script>"):
        sent = {"category": "no-water", "place": "x", "photo": file(content, "../../evil.svg")}
        answer = browser().post("/api/v1/reports/", sent)
        assert answer.status_code == 201
        photo = ReportPhoto.objects.get(report__reference=answer.json()["reference"])
        stored = photo.file.open("rb").read()
        photo.file.close()
        assert ".." not in photo.file.name
        assert photo.file.name.endswith(".jpg")
        assert Image.open(io.BytesIO(stored)).getexif() == {}
        for word in (b"Zoubida", b"secret remark", b"PK\x03\x04", b"script", b"Exif"):
            assert word not in stored


def test_six_photos_are_too_many_and_told_so(world: World) -> None:
    photos = [file(jpeg()) for _ in range(6)]
    answer = browser().post("/api/v1/reports/", {"category": "no-water", "place": "x", "photo": photos})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["photo"])


def test_a_photo_is_given_as_a_file_that_no_browser_runs(world: World) -> None:
    for name in ("maintenance-report-photo", "maintenance-order-photo"):
        answer = world.client("supervisor").get(world.addresses()[name])
        shut(answer)
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer["Cache-Control"]
    media = make.report(photos=[make.photo()]).photos.get().file.name
    assert browser().get(f"/media/{media}").status_code == 404
