"""Redis is away: pages answer, reports come in, and what needs the worker says so."""

from __future__ import annotations

from typing import Any

import pytest
from celery import Celery
from django.core.cache import cache
from django.test import Client
from kombu.exceptions import OperationalError

from backend.config.cache import redis_cache
from backend.core import clock
from backend.core.errors import WorkerUnreachable
from backend.core.models import OutboxEvent
from backend.core.services.work import hand_over
from maintenance.models import Report
from telemetry.models import DeadLetter
from tests.factories import core as cast
from tests.integration.webmap.pages.conftest import HERE, Town, signed_in
from webmap.views.telemetry import letters

pytestmark = pytest.mark.django_db
NOBODY_THERE = "redis://127.0.0.1:1/0"
LEAK = {"category": "no-water", "lon": HERE[0], "lat": HERE[1], "text": "plus d'eau", "phone": "0612345678"}


@pytest.fixture(autouse=True)
def no_redis(settings: Any, town: Town) -> None:
    settings.CACHES = {"default": redis_cache(NOBODY_THERE)}
    cache.set("kept", 1)
    assert cache.get("kept") is None


def test_a_report_comes_in_and_waits_in_the_outbox(client: Client) -> None:
    answer = client.post("/api/v1/reports/", LEAK, content_type="application/json")
    assert answer.status_code == 201
    assert Report.objects.get().reference == answer.json()["reference"]
    assert OutboxEvent.objects.filter(topic="maintenance.report_changed").exists()


def test_a_report_sent_step_by_step_is_not_lost_in_silence(client: Client) -> None:
    answer = client.post("/report/", {"place": "Derrière la mosquée"}, headers={"Accept-Language": "fr"})
    assert answer.status_code == 503
    assert "n’a pas pu être gardé" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/console/", "/telemetry/devices/", "/network/", "/tiles/links.json"]
)
def test_pages_and_maps_answer(address: str) -> None:
    assert signed_in(cast.salma()).get(address).status_code == 200


def test_letters_for_the_worker_wait_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now()
    letter = DeadLetter.objects.create(
        digest=b"1", topic="t", payload=b"", size=0, reason="bad_ts", first_received_at=at, received_at=at
    )

    def refuse(*given: object, **how: object) -> None:
        raise OperationalError

    monkeypatch.setattr(letters, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(letters.replay_dead_letters, "apply_async", refuse)
    answer = signed_in(cast.salma()).post("/telemetry/dead-letters/decide/", {"all": "1"}, follow=True)
    assert "rien n’a été lancé" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.replayed_at is None


def test_work_that_only_the_worker_does_is_refused_in_words() -> None:
    @Celery(broker=NOBODY_THERE, set_as_current=False).task(name="tests.work")
    def work() -> None: ...

    with pytest.raises(WorkerUnreachable):
        hand_over(work)
