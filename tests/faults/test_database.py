"""The database dies, stands still, or has no room left."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.faults.conftest import Told
from tests.faults.loggers import Loggers
from tests.faults.plant import Plant, Process, children, wait_until

pytestmark = [pytest.mark.timeout(1500), pytest.mark.usefixtures("ingester")]


@pytest.mark.parametrize(("rounds", "each"), [(1, 300), pytest.param(4, 4000, marks=pytest.mark.long)])
def test_a_killed_database_that_comes_back_has_everything(
    rounds: int, each: int, plant: Plant, loggers: Loggers, told: Told
) -> None:
    for _ in range(rounds):
        loggers.publish(each)
        plant.kill_service(plant.postgres)
        loggers.publish(each)
        wait_until(lambda: _starts(plant))
    told("the database killed", loggers.settle())


@pytest.mark.parametrize("away_s", [3, pytest.param(180, marks=pytest.mark.long)])
def test_while_the_database_is_stopped_the_broker_keeps_what_comes(
    away_s: float, plant: Plant, loggers: Loggers, ingester: Process, told: Told
) -> None:
    loggers.publish(50)
    plant.postgres.stop()
    loggers.publish(1000, at_once=20, pause_s=away_s / 100)
    time.sleep(away_s / 2)
    assert ingester.said("ingest.database_away")
    assert ingester.resident_mb() < 400
    plant.start_service(plant.postgres)
    told(f"the database stopped for {1.5 * away_s:.0f} s", loggers.settle())


def test_a_database_that_stands_still_delays_and_loses_nothing(
    plant: Plant, loggers: Loggers, told: Told
) -> None:
    pid = plant.postgres.pid
    assert pid
    family = [pid, *children(pid)]
    loggers.publish(100)
    for one in family:
        os.kill(one, signal.SIGSTOP)
    loggers.publish(300)
    time.sleep(2)
    for one in family:
        os.kill(one, signal.SIGCONT)
    told("the database stood still", loggers.settle())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_stops_the_storing_and_loses_nothing(
    plant: Plant, loggers: Loggers, ingester: Process, told: Told
) -> None:
    loggers.publish(50)
    wait_until(loggers.all_stored)
    filler = plant.disk / "filler"
    before = ingester.said("ingest.database_away")
    try:
        with filler.open("wb") as file:
            while _grown(file):
                pass
        deadline = time.monotonic() + 60
        while ingester.said("ingest.database_away") == before and time.monotonic() < deadline:
            loggers.publish(200)
            time.sleep(0.1)
        assert ingester.said("ingest.database_away") > before
    finally:
        filler.unlink(missing_ok=True)
    wait_until(lambda: plant.postgres.is_ready() or _starts(plant))
    told("no room for the database", loggers.settle())


def _grown(file: object) -> bool:
    try:
        file.write(bytes(65_536))  # type: ignore[attr-defined]
        file.flush()  # type: ignore[attr-defined]
    except OSError:
        return False
    return True


def _starts(plant: Plant) -> bool:
    """Start the database; where its last children still hold on to memory, say no."""
    from ops.errors import Stop

    try:
        plant.start_service(plant.postgres)
    except Stop:
        return False
    return True
