"""The worker, one of its children or Redis dies: what is owed is delivered once, only later."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import ALARMED, Told
from tests.faults.loggers import Logger, Loggers
from tests.faults.plant import Plant, Process, wait_until

pytestmark = [pytest.mark.timeout(1500), pytest.mark.usefixtures("ingester")]
ROUNDS = [1, pytest.param(6, marks=pytest.mark.long)]
SILENT_S = 40
OWED = """
SELECT count(DISTINCT event_id), count(*) FILTER (WHERE delivery.state <> 'delivered'),
    count(*) - count(DISTINCT (event_id, consumer))
FROM core_outboxdelivery AS delivery JOIN core_outboxevent AS event ON event.id = event_id
WHERE topic = 'telemetry.alarm_changed' AND event.id > %s
"""


class Alarms:
    """Two loggers whose every other value is beyond the limit: each number but the first changes an alarm."""

    def __init__(self, plant: Plant, loggers: Loggers) -> None:
        self._plant, self._loggers = plant, loggers
        ((self._before,),) = plant.ask("SELECT coalesce(max(id), 0) FROM core_outboxevent")

    def change(self, times: int) -> None:
        self._loggers.publish(times, at_once=5, pause_s=0.02)

    def all_stored(self) -> bool:
        """Tell whether every value sent is in the database."""
        members = self._loggers.members
        return self._plant.count(one.code for one in members) == sum(one.sent for one in members)

    def expected(self) -> int:
        return sum(one.sent - 1 for one in self._loggers.members)

    def delivered(self) -> bool:
        """Tell whether each change was delivered to whoever is to be told, once."""
        return self._plant.ask(OWED, self._before) == [(self.expected(), 0, 0)]

    def settle(self) -> float:
        began = time.monotonic()
        self._loggers.publish(2)
        wait_until(self.delivered, 150, every_s=0.2)
        took = time.monotonic() - began
        self._loggers.check()
        return took


@pytest.fixture
def alarms(plant: Plant, unused_alarmed: Iterator[str]) -> Iterator[Alarms]:
    members = [
        Logger(code, plant.token, plant.mosquitto.port, value=lambda seq: 1000.0 * (seq % 2))
        for code in itertools.islice(unused_alarmed, 2)
    ]
    loggers = Loggers(plant, members)
    yield Alarms(plant, loggers)
    loggers.close()


@pytest.fixture(scope="session")
def unused_alarmed() -> Iterator[str]:
    return iter(ALARMED)


@pytest.fixture
def worker(plant: Plant, tmp_path: Path) -> Process:
    celery = ("-m", "celery", "--app", "backend.config.celery")
    beat = (*celery, "beat", "--pidfile=", "--schedule", str(tmp_path / "schedule"), "--loglevel", "info")
    plant.process("beat", *beat).start()
    options = ("worker", "--concurrency", "2", "--loglevel", "info", "--without-gossip", "--without-mingle")
    return plant.process("worker", *celery, *options).start_and_hear(" ready.")


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("what", ["a child of the worker", "the worker"])
def test_deliveries_survive_the_death_of_who_makes_them(
    what: str, rounds: int, alarms: Alarms, worker: Process, told: Told
) -> None:
    for _ in range(rounds):
        alarms.change(30)
        if what == "the worker":
            worker.kill()
        else:
            assert worker.kill_child()
        alarms.change(30)
        if what == "the worker":
            worker.start()
    told(f"{what} killed", alarms.settle())


@pytest.mark.parametrize("rounds", ROUNDS)
def test_redis_killed_and_flushed_loses_nothing(
    rounds: int, plant: Plant, alarms: Alarms, worker: Process, told: Told
) -> None:
    for _ in range(rounds):
        alarms.change(20)
        plant.kill_service(plant.redis)
        alarms.change(20)
        shutil.rmtree(plant.run.path / "redis" / "appendonlydir")
        plant.start_service(plant.redis)
        alarms.change(20)
    told("Redis killed and emptied", alarms.settle())
    assert worker.is_running, "the worker ended itself"


@pytest.mark.long
def test_redis_that_says_nothing_holds_no_reading_up(
    plant: Plant, alarms: Alarms, worker: Process, told: Told
) -> None:
    alarms.change(20)
    redis = plant.redis.pid
    assert redis
    os.kill(redis, signal.SIGSTOP)
    try:
        alarms.change(20)
        wait_until(alarms.all_stored, 60)
        time.sleep(SILENT_S)
    finally:
        os.kill(redis, signal.SIGCONT)
    told(f"Redis said nothing for {SILENT_S} s", alarms.settle())
    assert worker.is_running, "the worker ended itself"
