"""A worker killed in the middle of its work delays an event; it neither loses nor doubles its effect."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from backend.core.models import AuditEntry, OutboxDelivery
from backend.core.services import audit, outbox
from backend.core.services.outbox.registry import unsubscribe

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC, CONSUMER = "tests.fatal", "tests.worker"

WORKER = f"""
import os, signal, django
django.setup()
from backend.core.services import audit, outbox

@outbox.subscribe("{TOPIC}", consumer="{CONSUMER}")
def die(event):
    audit.record(actor=None, action="tests.worked", subject="x")
    os.kill(os.getpid(), signal.SIGKILL)

outbox.deliver_due()
"""


@pytest.fixture
def worked() -> Iterator[None]:
    def work(event: Any) -> None:
        audit.record(actor=None, action="tests.worked", subject="x")

    outbox.subscribe(TOPIC, consumer=CONSUMER)(work)
    yield
    unsubscribe(TOPIC, consumer=CONSUMER)


def run_a_worker_that_dies() -> int:
    settings = connection.settings_dict
    login = f"{settings['USER']}:{settings['PASSWORD']}" if settings["PASSWORD"] else settings["USER"]
    url = f"postgres://{login}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "backend.config.settings"}
    return subprocess.run([sys.executable, "-c", WORKER], env=env, check=False, timeout=60).returncode


def deliver_once_noticed() -> None:
    """Deliver again and again until the server has noticed that the worker's connection is gone."""
    deadline = time.monotonic() + 10
    while not outbox.deliver_due() and time.monotonic() < deadline:
        time.sleep(0.02)


@pytest.mark.usefixtures("worked")
def test_work_that_died_with_its_worker_is_undone_and_done_once() -> None:
    with transaction.atomic():
        outbox.publish(TOPIC, {})
    assert run_a_worker_that_dies() == -signal.SIGKILL

    delivery = OutboxDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert not AuditEntry.objects.exists()

    deliver_once_noticed()
    outbox.deliver_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 2)
    assert AuditEntry.objects.count() == 1
