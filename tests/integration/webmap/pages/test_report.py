"""A report needs no account, no script, no map and no position; what was typed is never lost on the way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from maintenance.models import Report
from tests.integration.webmap.pages.conftest import FAR, HERE, Town, picture, signed_in

pytestmark = pytest.mark.django_db
WHATS_WRONG = {"category": "no-water"}


def walk(client: Client, where: dict[str, Any], details: dict[str, Any] | None = None) -> Any:
    """Answer the three questions and stop before sending; return the summary page."""
    answer = client.post("/report/", where)
    assert answer.status_code == 302, answer.content.decode()
    answer = client.post(answer["Location"], WHATS_WRONG)
    answer = client.post(answer["Location"], details or {})
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"])


def send(client: Client, summary: Any) -> Any:
    return client.post(summary.request["PATH_INFO"])


def test_a_report_with_words_alone(town: Town, outsider: Client) -> None:
    summary = walk(
        outsider, {"place": "Derrière la mosquée"}, {"text": "Rien depuis l’aube", "phone": "06 12 34 56 78"}
    )
    page = summary.content.decode()
    assert "Derrière la mosquée" in page
    assert "06 12 34 56 78" in page
    sent = send(outsider, summary)
    report = Report.objects.get()
    assert sent["Location"] == f"/track/{report.reference}/?new=1"
    assert (report.place, report.geom, report.phone) == ("Derrière la mosquée", None, "+212612345678")
    assert (
        f'data-testid="report-reference"><bdi dir="ltr">{report.reference}'
        in outsider.get(sent["Location"]).content.decode()
    )


def test_every_step_carries_what_outsiders_drive(town: Town, outsider: Client) -> None:
    page = outsider.get("/report/").content.decode()
    assert 'data-testid="report-form"' in page
    assert 'data-testid="report-submit"' in page


def test_a_district_is_enough_and_counts_for_it(town: Town, outsider: Client) -> None:
    send(outsider, walk(outsider, {"zone": "dma-a"}))
    report = Report.objects.get()
    assert report.geom is None
    assert report.zone is not None
    assert report.zone.code == "dma-a"


def test_a_point_found_by_the_phone_is_kept(town: Town, outsider: Client) -> None:
    send(outsider, walk(outsider, {"lon": str(HERE[0]), "lat": str(HERE[1])}))
    point = Report.objects.get().geom
    assert point is not None
    assert (point.x, point.y) == HERE


@pytest.mark.parametrize("lon", ["", "abc", "nan", "9999"])
def test_a_position_that_is_none_is_never_zero_zero(town: Town, outsider: Client, lon: str) -> None:
    refused = outsider.post("/report/", {"lon": lon, "lat": lon})
    assert refused.status_code == 422
    assert escape("Dites où c’est") in refused.content.decode()
    send(outsider, walk(outsider, {"lon": lon, "lat": "34.9", "place": "Ici"}))
    assert Report.objects.get().geom is None


def test_an_unknown_connection_number_is_told_and_what_was_typed_stays(town: Town, outsider: Client) -> None:
    page = outsider.post("/report/", {"place": "Rue 12", "connection_point": "W-99999"})
    assert page.status_code == 422
    assert "inconnu" in page.content.decode()
    assert 'value="Rue 12"' in page.content.decode()


def test_a_place_outside_the_service_area_is_accepted_marked_and_told(town: Town, outsider: Client) -> None:
    summary = walk(outsider, {"lon": str(FAR[0]), "lat": str(FAR[1])})
    assert "en dehors de la zone desservie" in summary.content.decode()
    page = outsider.get(send(outsider, summary)["Location"]).content.decode()
    assert 'data-testid="report-outside"' in page
    assert Report.objects.get().in_service_area is False


def test_a_photo_is_shown_in_the_summary_and_sent(town: Town, outsider: Client) -> None:
    summary = walk(outsider, {"place": "Ici"}, {"photo": picture()})
    shown = outsider.get(summary.request["PATH_INFO"].replace("check", "photo"))
    assert shown["Content-Type"] == "image/jpeg"
    send(outsider, summary)
    assert Report.objects.get().photos.count() == 1


def test_a_photo_that_is_no_photo_is_refused_at_its_step(town: Town, outsider: Client) -> None:
    where = outsider.post("/report/", {"place": "Ici"})["Location"]
    details = outsider.post(where, WHATS_WRONG)["Location"]
    file = picture()
    file.seek(0)
    file.write(b"<svg onload=alert(1)>")
    refused = outsider.post(details, {"photo": file, "text": "À garder"})
    assert refused.status_code == 422
    assert "À garder" in refused.content.decode()


def test_a_good_photo_survives_a_mistake_elsewhere(town: Town, outsider: Client) -> None:
    where = outsider.post("/report/", {"place": "Ici"})["Location"]
    details = outsider.post(where, WHATS_WRONG)["Location"]
    refused = outsider.post(details, {"photo": picture(), "phone": "0612"})
    assert refused.status_code == 422
    assert outsider.get(details.replace("details", "photo")).status_code == 200
    outsider.post(details, {"phone": "0612345678"})
    outsider.post(details.replace("details", "check"))
    assert Report.objects.get().photos.count() == 1


def test_sending_twice_is_one_report(town: Town, outsider: Client) -> None:
    summary = walk(outsider, {"place": "Ici"})
    first, second = send(outsider, summary), send(outsider, summary)
    assert Report.objects.count() == 1
    reference = Report.objects.get().reference
    assert reference in first["Location"]
    assert reference in second["Location"]


def test_the_language_may_change_on_the_way(town: Town, outsider: Client) -> None:
    where = outsider.post("/report/", {"place": "Ici"})["Location"]
    page = outsider.get(f"{where}?lang=ar").content.decode()
    assert 'dir="rtl"' in page
    details = outsider.post(where, WHATS_WRONG)["Location"]
    send(outsider, outsider.get(outsider.post(details, {})["Location"]))
    assert Report.objects.get().language == "ar"


def test_a_step_cannot_be_jumped_over(town: Town, outsider: Client) -> None:
    where = outsider.post("/report/", {"place": "Ici"})["Location"]
    assert outsider.get(where.replace("what", "check"))["Location"] == where
    assert Report.objects.count() == 0


def test_an_answer_changed_from_the_summary_comes_back_to_it(town: Town, outsider: Client) -> None:
    summary = walk(outsider, {"place": "Ici"}).request["PATH_INFO"]
    changed = outsider.post(summary.replace("check", "where") + "?then=check", {"place": "Là"})
    assert changed["Location"] == summary
    assert "Là" in outsider.get(summary).content.decode()


def test_a_draft_that_was_forgotten_says_so(town: Town, outsider: Client) -> None:
    gone = outsider.get(f"/report/{uuid4()}/check/")
    assert gone.status_code == 410
    assert "Recommencer" in gone.content.decode()


def test_a_form_posted_whole_is_sent_at_once(town: Town, outsider: Client) -> None:
    sent = outsider.post(
        "/report/", {"category": "no-water", "place": "Ici", "text": "x", "phone": "0612345678"}
    )
    assert sent.status_code == 302
    assert Report.objects.get().text == "x"


def test_script_in_a_text_is_text(town: Town, outsider: Client) -> None:
    attack = "<script>alert(1)</script>"
    summary = walk(outsider, {"place": attack}, {"text": attack})
    assert attack not in summary.content.decode()
    send(outsider, summary)
    desk = signed_in(town.hicham)
    for page in ("/dispatch/", f"/dispatch/reports/{Report.objects.get().reference}/"):
        assert attack not in desk.get(page).content.decode()


def test_pages_obey_the_content_security_policy(town: Town, outsider: Client) -> None:
    for page in ("/", "/report/", "/track/", "/zones/", "/zones/dma-a/", "/demo/sms/"):
        answer = outsider.get(page)
        assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
        text = answer.content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick" not in text
