"""A reference opens its report, and nothing personal with it."""

from __future__ import annotations

import pytest
from django.test import Client

from maintenance import services
from tests.integration.webmap.pages.conftest import Town

pytestmark = pytest.mark.django_db
PHONE = "0612345678"


def test_the_page_shows_progress_and_nothing_personal(town: Town, outsider: Client) -> None:
    report = town.report(phone=PHONE, text="Un mot privé", place="Chez moi")
    page = outsider.get(f"/track/{report.reference}/").content.decode()
    assert report.reference in page
    assert "Pas d" in page
    for private in (
        "Un mot privé",
        "Chez moi",
        "0612345678",
        "+212612345678",
        "06 12 34 56 78",
        "34.92",
        "34,92",
    ):
        assert private not in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_reference_is_found_however_it_is_typed(town: Town, outsider: Client) -> None:
    report = town.report()
    found = outsider.get("/track/", {"reference": f" {report.reference.lower()} "})
    assert found["Location"] == f"/track/{report.reference}/"


@pytest.mark.parametrize("typed", ["OR-0000-0000", "<script>", "x" * 200])
def test_an_unknown_reference_is_told(town: Town, outsider: Client, typed: str) -> None:
    answer = outsider.get("/track/", {"reference": typed})
    assert answer.status_code == 404
    assert "Aucun signalement" in answer.content.decode()
    assert "<script>" not in answer.content.decode().replace('<script type="module"', "")


def test_a_question_is_answered_with_the_phone_as_proof(town: Town, outsider: Client) -> None:
    report = town.report(phone=PHONE)
    services.transition_report(report=report, to="triaged", actor=town.hicham)
    services.transition_report(report=report, to="info_requested", actor=town.hicham, reason="Quel étage ?")
    url = f"/track/{report.reference}/"
    assert "Quel étage ?" in outsider.get(url).content.decode()
    refused = outsider.post(f"{url}answer/", {"text": "Le 3e", "phone": "0699999999"})
    assert refused.status_code == 422
    assert "Le 3e" in refused.content.decode()
    thanks = outsider.post(f"{url}answer/", {"text": "Le 3e", "phone": PHONE}, follow=True)
    assert "votre réponse" in thanks.content.decode()
    report.refresh_from_db()
    assert report.state == "triaged"


def test_a_follow_up_at_the_wrong_time_is_told(town: Town, outsider: Client) -> None:
    report = town.report()
    told = outsider.post(f"/track/{report.reference}/reopen/", {"text": "Encore"}, follow=True)
    assert told.status_code == 200
    assert "pas possible" in told.content.decode()


def test_following_up_an_unknown_reference_is_a_404(town: Town, outsider: Client) -> None:
    assert outsider.post("/track/OR-0000-0000/reopen/", {"text": "x"}).status_code == 404
