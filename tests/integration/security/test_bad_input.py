"""What cannot be used is refused at every door with the right status, in words, and changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from knox.models import get_token_model

from backend.core import clock
from maintenance.models import Report
from tests.integration.security.world import World, browser, shut

pytestmark = pytest.mark.django_db

ENDLESS = "9" * 5000
QUERIES = (
    *("limit=" + ENDLESS, "cursor=" + "A" * 6000, "bbox=nan,nan,nan,nan", "from=0001-01-01&to=9999-12-31"),
    *("from=2026-01-02T00:00%2B99:00", "code=%FF%FE&q=%F0%9F%92%A7%25_", "network=%00", "days=" + ENDLESS),
)
REPORT = "/api/v1/reports/"
BODIES: dict[str, tuple[bytes | str, int]] = {
    "broken": ("{", 400),
    "empty": ("", 400),
    "a NUL": ('{"category":"no-water","place":"a\\u0000b"}', 400),
    "a raw NUL": (b"\0", 400),
    "not UTF-8": (b'{"category":"\xff\xfe"}', 400),
    "half a surrogate": ('{"category":"no-water","place":"\\ud800"}', 400),
    "nested deeply": ("[" * 100_000 + "]" * 100_000, 400),
    "not a number": ('{"category":"no-water","lon":NaN,"lat":34}', 400),
    "infinite": ('{"category":"no-water","lon":1e999,"lat":34}', 400),
    "infinite in words": ('{"category":"no-water","lon":"-inf","lat":"nan"}', 400),
    "an endless number": ('{"category":"no-water","lon":' + ENDLESS + ',"lat":1}', 400),
    "off the map": ('{"category":"no-water","lon":200,"lat":34}', 400),
    "nowhere": ('{"category":"no-water","lon":0,"lat":0}', 400),
    "half a point": ('{"category":"no-water","lon":1}', 400),
    "a list": ("[1,2]", 400),
    "null": ("null", 400),
    "other types": ('{"category":{"a":1},"lon":[],"lat":{},"text":5,"phone":[1]}', 400),
    "an unknown category": ('{"category":"nope","place":"x"}', 400),
    "a long text": (json.dumps({"category": "no-water", "place": "x", "text": "é" * 4001}), 400),
    "a photo in words": ('{"category":"no-water","place":"x","photo":"abc"}', 400),
    "too much": ('{"category":"no-water","place":"x","text":"' + "a" * 13_000_000 + '"}', 413),
}
CONTENT_TYPES = {
    "text/plain": 415, "application/xml": 415, "image/jpeg": 415, "": 415, "multipart/form-data": 400,
    "multipart/form-data; boundary=": 400, "application/json; charset=base64": 400,
    "application/json; charset=nope": 400, "application/x-www-form-urlencoded": 400,
}  # fmt: skip


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]
    return body


def test_no_address_fails_on_a_query_without_sense(world: World) -> None:
    left_out = {"live", "schema", "docs", "styleguide", "metrics", "readyz", "zones-map-file"}
    for name, url in world.addresses().items():
        if name in left_out or url.startswith("/accounts/"):
            continue
        for query in QUERIES:
            answer = world.client("supervisor").get(f"{url}?{query}")
            shut(answer)
            assert answer.status_code < 500, (name, query[:60])
            if answer.status_code in {302, 403, 404, 405}:
                break


def test_a_report_that_cannot_be_used_is_refused_in_words_and_not_stored(world: World) -> None:
    before = Report.objects.count()
    for told, (raw, status) in BODIES.items():
        content = raw.encode() if isinstance(raw, str) else raw
        for language, word in (("fr", ""), ("ar", "ا")):
            answer = browser().generic(
                "POST", REPORT, content, "application/json", headers={"Accept-Language": language}
            )
            code = "invalid" if status == 400 else "too_large"
            assert word in assert_problem(answer, status, code)["title"], told
    for content_type, status in CONTENT_TYPES.items():
        answer = browser().generic("POST", REPORT, b'{"a":1}', content_type)
        assert_problem(answer, status, "invalid" if status == 400 else "unsupported_media_type")
    assert Report.objects.count() == before


def test_a_report_from_the_sea_is_taken_and_told_so(world: World) -> None:
    body = {"category": "no-water", "lon": -2.9, "lat": 35.5, "text": "<script>alert(1)</script>"}
    answer = browser().post(REPORT, body, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["in_service_area"] is False
    page = world.client("supervisor").get(f"/dispatch/reports/{answer.json()['reference']}/")
    assert b"<script>alert(1)" not in page.content
    assert b"&lt;script&gt;alert(1)" in page.content


def test_lists_refuse_what_they_do_not_know_and_clamp_what_is_too_much(world: World) -> None:
    client = world.client("supervisor")
    lists = {name: url for name, url in world.addresses().items() if name in LISTS}
    assert set(lists) == LISTS
    for name, url in lists.items():
        assert client.get(f"{url}?limit=999999999999999999999").status_code == 200, name
        for query, field in (("nope=1", "nope"), ("cursor=zz", "cursor"), ("limit=-1", "limit")):
            body = assert_problem(client.get(f"{url}?{query}"), 400, "invalid")
            assert list(body["errors"]) == [field], name
    for bbox in ("1,2", "nan,0,1,1", "2,2,1,1", "0,0,999,1"):
        assert_problem(client.get(f"/api/v1/nodes/?bbox={bbox}"), 400, "invalid")
    assert_problem(client.get("/api/v1/sensors/PL-a.pressure_kpa/readings/?form=1"), 400, "invalid")


LISTS = {
    *("gis-node-list", "gis-link-list", "gis-connection-point-list", "gis-zone-list", "device-list"),
    *("sensor-list", "alarm-list", "dead-letter-list", "metering-meters", "metering-flags"),
    *("maintenance-reports", "maintenance-incidents", "maintenance-orders", "maintenance-proposals"),
}


def test_a_change_that_is_not_possible_says_what_is(world: World) -> None:
    orders = f"/api/v1/work-orders/{world.order.pk}/transitions/"
    technician = world.client("technician")
    for body, code in (
        ({"to": "closed"}, "transition_forbidden"),
        ({"to": "nowhere"}, "transition_forbidden"),
        ({"to": "accepted", "version": 1}, "version_conflict"),
        ({"to": "accepted", "version": int("9" * 40)}, "version_conflict"),
    ):
        told = assert_problem(technician.post(orders, body, content_type="application/json"), 409, code)
        assert told["current"] == "dispatched"
        assert told["version"] == world.order.version
        assert "accepted" in told["allowed"]
    for absurd in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday", 10**4000):
        body = {"to": "accepted", "occurred_at": absurd}
        assert_problem(technician.post(orders, body, content_type="application/json"), 400, "invalid")
    world.order.refresh_from_db()
    assert world.order.state == "dispatched"


def test_a_key_gives_the_first_answer_again_and_serves_no_other_content(world: World) -> None:
    given, key = {"category": "no-water", "place": "place du marché"}, {"Idempotency-Key": "a-key-of-mine-1"}

    def post(body: dict[str, Any]) -> Any:
        return browser().post(REPORT, body, content_type="application/json", headers=key)

    first, again = post(given), post(given)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert_problem(post(given | {"text": "autre"}), 422, "idempotency_mismatch")
    for bad in ("short", "k" * 81, "é" * 10):
        answer = browser().post(REPORT, given, content_type="application/json", HTTP_IDEMPOTENCY_KEY=bad)
        assert_problem(answer, 400, "invalid")


def test_a_token_that_is_wrong_or_over_opens_nothing(world: World) -> None:
    person = world.people["supervisor"]
    _, token = get_token_model().objects.create(user=person)
    ask = browser().get
    assert ask("/api/v1/nodes/", headers={"Authorization": f"Token {token}"}).status_code == 200
    get_token_model().objects.update(expiry=clock.now() - timedelta(seconds=1))
    wrong = (
        f"Token {token}",
        "Token",
        "Token a b",
        "Token x",
        "Token é",
        "Token " + "a" * 9000,
        "Basic eDp5",
    )
    for value in wrong:
        for url in ("/api/v1/nodes/", "/api/v1/auth/logout/"):
            answer = browser().get(url, HTTP_AUTHORIZATION=value)
            assert_problem(answer, 401, "not_authenticated")
            assert answer["WWW-Authenticate"].startswith("Token")


def test_a_tile_outside_the_grid_is_not_looked_for(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        for address in ("zones/3/8/0", "zones/99/1/1", "zones/0/0/1", "nope/1/0/0", "zones/2/99999999999/0"):
            assert_problem_404(browser().get(f"/tiles/{address}.mvt"))


def assert_problem_404(answer: Any) -> None:
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_pages_take_no_nonsense(world: World) -> None:
    names = (
        "to reason text place reference version into technician expected_at duplicate_of client_id category "
        "zone connection_point instructions phone theme next role pause_kind lon lat"
    ).split()
    for who in ("supervisor", "technician"):
        for name, url in world.addresses().items():
            if url.startswith(("/api/", "/accounts/", "/tiles/")):
                continue
            for value in ("a\0b", ENDLESS, "0001-01-01T00:00+14:00"):
                with transaction.atomic():
                    answer = world.client(who).post(url, dict.fromkeys(names, value))
                    transaction.set_rollback(True)
                assert answer.status_code < 500, (who, name, value[:30])
                if answer.status_code in {403, 405}:
                    break


def test_a_flood_is_told_to_wait(world: World) -> None:
    cache.clear()
    report = {"category": "no-water", "place": "x", "phone": "0612345678"}
    answers = [browser().post(REPORT, report, content_type="application/json") for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {201}
    assert_problem(answers[30], 429, "too_many_requests")
    assert int(answers[30]["Retry-After"]) > 0
    wrong = {"username": "salma", "password": "not it"}
    codes = [
        browser().post(
            "/api/v1/auth/login/", wrong, content_type="application/json", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}"
        )
        for n in range(11)
    ]
    assert [answer.status_code for answer in codes] == [401] * 10 + [429]
