"""What is written is delivered, whatever happens to the worker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction

from backend.core import clock, tasks
from backend.core.models import AuditEntry, OutboxDelivery
from backend.core.queries import outbox as queries
from backend.core.services import audit, outbox
from backend.core.services.outbox.delivery import MAX_ATTEMPTS, _claim, backoff
from backend.core.services.outbox.registry import unsubscribe

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "tests.something_happened"
Subscribe = Callable[..., None]


@pytest.fixture
def consumers() -> Iterator[Subscribe]:
    names: list[str] = []

    def add(name: str, handler: outbox.Handler, **values: Any) -> None:
        outbox.subscribe(TOPIC, consumer=name, **values)(handler)
        names.append(name)

    yield add
    for name in names:
        unsubscribe(TOPIC, consumer=name)


def happen(**payload: Any) -> None:
    with transaction.atomic():
        outbox.publish(TOPIC, payload)


def make_due() -> None:
    OutboxDelivery.objects.update(not_before=clock.now() - timedelta(seconds=1), claimed_until=None)


def test_each_consumer_gets_each_event_once(consumers: Subscribe) -> None:
    got: list[tuple[str, int]] = []
    consumers("tests.first", lambda event: got.append(("first", event.payload["n"])))
    consumers("tests.second", lambda event: got.append(("second", event.payload["n"])))
    happen(n=1)
    happen(n=2)
    outbox.deliver_due()
    outbox.deliver_due()
    assert sorted(got) == [("first", 1), ("first", 2), ("second", 1), ("second", 2)]


def test_an_event_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(RuntimeError):
        outbox.publish(TOPIC, {})


def test_a_change_given_up_tells_nobody(consumers: Subscribe) -> None:
    got: list[int] = []
    consumers("tests.first", lambda event: got.append(1))
    with transaction.atomic():
        outbox.publish(TOPIC, {})
        transaction.set_rollback(True)
    outbox.deliver_due()
    assert got == []


def test_the_mark_and_the_work_are_one_transaction(consumers: Subscribe) -> None:
    def work_then_fail(event: Any) -> None:
        audit.record(actor=None, action="tests.worked", subject="x")
        raise ConnectionError("gone")

    consumers("tests.first", work_then_fail)
    happen()
    outbox.deliver_due()
    assert not AuditEntry.objects.exists()
    delivery = OutboxDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert "gone" in delivery.last_error
    assert delivery.not_before > clock.now()


def test_a_failing_consumer_is_tried_later_and_does_not_hold_up_the_others(consumers: Subscribe) -> None:
    answers = iter([ConnectionError("away"), None])
    got: list[str] = []

    def flaky(event: Any) -> None:
        if error := next(answers):
            raise error
        got.append("flaky")

    consumers("tests.flaky", flaky)
    consumers("tests.steady", lambda event: got.append("steady"))
    happen()
    outbox.deliver_due()
    assert got == ["steady"]
    outbox.deliver_due()
    assert got == ["steady"]
    make_due()
    outbox.deliver_due()
    assert got == ["steady", "flaky"]


def test_a_worker_killed_between_claim_and_work_delays_and_does_not_lose(consumers: Subscribe) -> None:
    got: list[int] = []
    consumers("tests.first", lambda event: got.append(event.payload["n"]))
    happen(n=7)
    assert len(_claim(clock.now())) == 1  # ... and the worker is gone
    outbox.deliver_due()
    assert got == []
    assert _claim(clock.now() + timedelta(seconds=31))
    make_due()
    outbox.deliver_due()
    assert got == [7]


def test_an_event_that_kills_its_worker_each_time_is_parked(consumers: Subscribe) -> None:
    consumers("tests.first", lambda event: None)
    happen()
    for _ in range(MAX_ATTEMPTS):
        make_due()
        _claim(clock.now())
    make_due()
    outbox.deliver_due()
    delivery = OutboxDelivery.objects.get()
    assert delivery.state == "dead"
    assert "lost" in delivery.last_error


def test_a_consumer_that_keeps_failing_is_parked_shown_and_revived(
    consumers: Subscribe, capsys: pytest.CaptureFixture[str]
) -> None:
    given_up: list[int] = []

    def fail(event: Any) -> None:
        raise ValueError("never works")

    consumers("tests.first", fail, when_dead=lambda event: given_up.append(1))
    happen()
    for _ in range(MAX_ATTEMPTS):
        make_due()
        outbox.deliver_due()
    assert given_up == [1]
    assert queries.depth() == {"pending": 0, "dead": 1}

    call_command("outbox", "--stuck", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert [(row["consumer"], row["state"]) for row in rows] == [("tests.first", "dead")]
    assert "never works" in rows[0]["last_error"]

    call_command("outbox", "--revive")
    assert queries.depth() == {"pending": 1, "dead": 0}


def test_what_is_owed_to_a_consumer_that_no_longer_exists_is_parked(consumers: Subscribe) -> None:
    consumers("tests.gone", lambda event: None)
    happen()
    unsubscribe(TOPIC, consumer="tests.gone")
    outbox.deliver_due()
    assert OutboxDelivery.objects.get().state == "dead"


def test_a_handler_may_publish_and_its_event_follows_in_the_same_run(consumers: Subscribe) -> None:
    got: list[int] = []

    def chain(event: Any) -> None:
        got.append(event.payload["n"])
        if event.payload["n"] < 3:
            outbox.publish(TOPIC, {"n": event.payload["n"] + 1})

    consumers("tests.chain", chain)
    happen(n=1)
    outbox.deliver_due()
    assert got == [1, 2, 3]


def test_the_worker_is_called_once_for_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.deliver_outbox, "apply_async", lambda **options: calls.append(options))
    cache.delete(tasks.WAKE_KEY)
    happen()
    happen()
    assert len(calls) == 1
    tasks.deliver_outbox()
    happen()
    assert len(calls) == 2


def test_without_a_broker_the_change_stands_and_the_sweep_delivers(
    consumers: Subscribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**options: Any) -> None:
        raise ConnectionError("no broker")

    got: list[int] = []
    consumers("tests.first", lambda event: got.append(1))
    monkeypatch.setattr(tasks.deliver_outbox, "apply_async", refuse)
    cache.delete(tasks.WAKE_KEY)
    happen()
    tasks.deliver_outbox()
    assert got == [1]


def test_waiting_grows_and_is_bounded() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 12)] == [2, 4, 8, 600]
