"""What operators see: health, figures, logs; and what they never see."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client

from backend.config.celery import schedules
from backend.core import health
from backend.core.queries import outbox

pytestmark = pytest.mark.django_db


def test_ready_when_every_service_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"].keys() >= {"database", "redis", "migrations"}


def test_not_ready_says_what_fails(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health._checks, "redis", lambda: "no answer")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["redis"]) == (503, "no answer")


def test_figures_for_prometheus(client: Client) -> None:
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'chabaka_http_request_seconds_count{method="GET",route="healthz",status="200"}' in text
    assert 'chabaka_outbox_deliveries{state="dead"} 0.0' in text
    assert 'chabaka_messages{state="queued"} 0.0' in text


def test_one_figure_that_fails_does_not_take_the_others(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(outbox, "depth", fail)
    assert "chabaka_messages" in client.get("/metrics").content.decode()
    text = client.get("/metrics").content.decode()
    assert 'chabaka_collector_failures_total{collector="outbox"}' in text


def test_figures_need_their_token_where_one_is_set(client: Client, settings: object) -> None:
    settings.METRICS_TOKEN = "figures"  # type: ignore[attr-defined]
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer figures"}).status_code == 200
    settings.METRICS_TOKEN, settings.DEMO = "", False  # type: ignore[attr-defined]
    assert client.get("/metrics").status_code == 403


def test_a_request_is_logged_by_its_route_under_its_identifier(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="backend.core.request_log"):
        answer = client.get(
            "/accounts/login/?next=/track/SECRET-1/", headers={"X-Request-ID": "from-the-caller-1"}
        )
    assert answer["X-Request-ID"] == "from-the-caller-1"
    assert "accounts/login/" in caplog.text
    assert "SECRET" not in caplog.text


def test_an_identifier_that_could_forge_a_line_is_replaced(client: Client) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "x y\tz"})
    assert len(answer["X-Request-ID"]) == 32


def test_every_schedule_names_a_task_the_worker_knows() -> None:
    from backend.config.celery import app

    app.loader.import_default_modules()
    planned = schedules()
    assert "core.deliver_outbox" in planned
    assert {entry["task"] for entry in planned.values()} <= set(app.tasks)


def test_the_schema_is_served_and_whole(client: Client) -> None:
    answer = client.get("/api/schema/?format=json")
    assert answer.status_code == 200
    assert "/api/v1/auth/login/" in json.loads(answer.content)["paths"]


def test_the_reference_page_has_no_inline_script(client: Client) -> None:
    text = client.get("/api/docs/").content.decode()
    assert "<script>" not in text
    assert "<style" not in text
    assert client.get("/api/docs/?script=").headers["Content-Type"].startswith("application/javascript")
