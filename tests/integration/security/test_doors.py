"""Headers, sessions and sign-in, at every door and on every error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backend.core.body_limit import BodyLimit
from gis.models import Zone
from tests.factories.core import PASSWORD
from tests.factories.loops import finished
from tests.integration.security.world import World, browser, shut

pytestmark = pytest.mark.django_db

ADMINISTRATION = ("/admin/", "/admin/core/user/", "/admin/core/auditentry/", "/admin/core/message/")


def test_every_answer_keeps_scripts_of_others_out_and_stays_with_its_reader(world: World) -> None:
    for name, url in world.addresses().items():
        if name == "live":
            continue
        for who in ("anonymous", "supervisor", "technician"):
            answer = world.client(who).get(url)
            shut(answer)
            assert_guarded(answer, name)
            if who != "anonymous" or url.startswith("/api/v1/"):
                assert "private" in answer["Cache-Control"], (name, who)
            if url.startswith(("/console/", "/dispatch/", "/field/")):
                kept = answer.headers.get("Cache-Control", "no-store")
                assert answer.status_code != 200 or "no-store" in kept, name


def assert_guarded(answer: Any, name: str = "") -> None:
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy, name
    assert "unsafe" not in policy, name
    assert "frame-ancestors 'none'" in policy, name
    assert answer["X-Content-Type-Options"] == "nosniff", name
    assert answer["X-Frame-Options"] == "DENY", name
    assert answer["Referrer-Policy"] == "same-origin", name


def test_errors_are_guarded_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/nothing/", "/api/v1/nothing/", "/zones/%00/", "/tiles/zones/99/0/0.mvt", "/?x=%00"):
        assert_guarded(browser().get(path), path)
    assert_guarded(world.client("citizen").get("/console/"))
    for path, content_type in (
        ("/", "text/html; charset=utf-8"),
        ("/api/v1/zones/", "application/problem+json"),
    ):
        answer = browser().get(path, headers={"Host": "evil.example"})
        assert (answer.status_code, answer["Content-Type"]) == (400, content_type)
        assert_guarded(answer)
        assert b"evil.example" not in answer.content
    monkeypatch.setattr("maintenance.queries.public_outages", None)
    answer = browser().get("/")
    assert answer.status_code == 500
    assert_guarded(answer)


def test_a_host_that_a_caller_claims_is_not_told_to_others(world: World) -> None:
    claimed = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    body = {"category": "no-water", "place": "x"}
    answer = browser().post("/api/v1/reports/", body, content_type="application/json", headers=claimed)
    assert answer.json()["track_url"].startswith("http://testserver/track/")
    assert "evil" not in browser().get("/tiles/zones.json", headers=claimed).content.decode()


def test_nobody_is_sent_to_another_site(world: World) -> None:
    elsewhere = (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\\\\evil",
    )
    for target in elsewhere:
        sent = {"login": "salma", "password": PASSWORD, "next": target}
        assert browser().post(reverse("account_login"), sent)["Location"] == "/console/"
        assert browser().post("/theme/", {"theme": "dark", "next": target})["Location"] == "/"
        assert world.client("citizen").post("/accounts/logout/", {"next": target})["Location"] == "/"
        world.client("citizen").force_login(world.people["citizen"])
        assert browser().get("/", {"lang": target}).cookies.get("chabaka_language") is None


def test_a_form_from_elsewhere_changes_nothing(world: World) -> None:
    careful = Client(enforce_csrf_checks=True, raise_request_exception=False)
    careful.force_login(world.people["supervisor"])
    page = careful.post(f"/dispatch/orders/{world.order.pk}/transition/", {"to": "cancelled", "reason": "x"})
    assert page.status_code == 403
    url = f"/api/v1/work-orders/{world.order.pk}/transitions/"
    answer = careful.post(url, {"to": "cancelled", "reason": "x"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    world.order.refresh_from_db()
    assert world.order.state == "dispatched"


def test_signing_in_gives_a_new_session_and_signing_out_ends_it(world: World) -> None:
    thief, victim = browser(), browser()
    thief.session.save()
    planted = thief.session.session_key
    victim.cookies["sessionid"] = planted
    victim.post(reverse("account_login"), {"login": "salma", "password": PASSWORD})
    mine = victim.cookies["sessionid"]
    assert mine.value != planted
    assert mine["httponly"]
    assert mine["samesite"] == "Lax"
    thief.cookies["sessionid"] = planted
    assert thief.get("/console/").status_code == 302
    kept = mine.value
    victim.post("/accounts/logout/")
    thief.cookies["sessionid"] = kept
    assert thief.get("/console/").status_code == 302


def test_only_administrators_enter_the_administration(world: World) -> None:
    for who in world.people:
        for url in ADMINISTRATION:
            answer = world.client(who).get(url)
            assert answer.status_code == (200 if who == "administrator" else 302), (who, url)
            if who != "administrator":
                assert "/admin/login/" in answer["Location"]
    login = world.client("dispatcher").get("/admin/login/?next=/admin/")
    assert login.status_code in {302, 403}
    assert not login.headers.get("Location", "").startswith("/admin/")


def test_figures_are_for_this_machine_or_the_bearer_of_the_token(settings: Any) -> None:
    def status(**environ: str) -> int:
        return browser().get("/metrics", **environ).status_code

    assert status() == 200
    assert status(REMOTE_ADDR="10.1.2.3") == 403
    settings.DEMO = False
    assert status() == 403
    settings.METRICS_TOKEN = "a-long-token"
    assert status(HTTP_AUTHORIZATION="Bearer a-long-token", REMOTE_ADDR="10.1.2.3") == 200
    for wrong in ("Bearer a-long-tokem", "Bearer é", "a-long-token", ""):
        assert status(HTTP_AUTHORIZATION=wrong) == 403


def test_the_demos_conveniences_end_with_the_demo(world: World, settings: Any) -> None:
    settings.DEMO = False
    assert browser().get("/demo/sms/").status_code == 404
    assert browser().post("/demo/sign-in/", {"role": "supervisor"}).status_code == 404
    assert "demo-" not in browser().get(reverse("account_login")).content.decode().split("<main")[1]


def test_a_table_for_spreadsheets_holds_no_formula(world: World) -> None:
    Zone.objects.filter(code="dma-west").update(name_fr="=HYPERLINK(1)", name_ar="@SUM(1)")
    for language, cell in (("fr", "'=HYPERLINK(1)"), ("ar", "'@SUM(1)")):
        url = "/api/v1/zones/dma-west/consumption/?format=csv"
        answer = world.client("supervisor").get(url, headers={"Accept-Language": language})
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["Content-Type"].startswith("text/csv")
        assert f",{cell}," in answer.content.decode()


def test_a_body_without_end_is_cut_off_before_it_is_read() -> None:
    async def takes_all(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def status(headers: list[Any], pieces: int) -> int:
        sent: list[Any] = []
        coming = [
            {"type": "http.request", "body": b"x" * 10, "more_body": n < pieces} for n in range(1, pieces + 1)
        ]

        async def receive() -> Any:
            await asyncio.sleep(0)
            return coming.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "headers": headers}
        await BodyLimit(takes_all, most=50)(scope, receive, send)
        return int(sent[0]["status"])

    assert finished(status([], 5)) == 204
    assert finished(status([], 6)) == 413
    assert finished(status([(b"content-length", b"51")], 1)) == 413
    assert finished(status([(b"content-length", b"-1")], 1)) == 413
