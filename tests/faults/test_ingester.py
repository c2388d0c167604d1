"""The ingester dies at the worst moments: nothing acknowledged is lost, nothing is stored twice."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import Told
from tests.faults.loggers import Loggers
from tests.faults.plant import Plant, Process, wait_until
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.timeout(1500)


@pytest.mark.parametrize(("kills", "each"), [(2, 300), pytest.param(12, 3000, marks=pytest.mark.long)])
def test_an_ingester_killed_in_the_middle_of_batches_loses_nothing(
    kills: int, each: int, loggers: Loggers, ingester: Process, told: Told
) -> None:
    for _ in range(kills):
        loggers.publish(each)
        ingester.kill()
        loggers.publish(each)
        ingester.start()
    told("the ingester killed", loggers.settle())


def test_what_was_committed_and_not_yet_acknowledged_is_stored_once(
    plant: Plant, loggers: Loggers, broker_proxy: Proxy, told: Told
) -> None:
    url = plant.mosquitto.url.replace(str(plant.mosquitto.port), str(broker_proxy.port))
    ingester = plant.ingester(MQTT_URL=url).start_and_hear("mqtt.subscribed")
    loggers.publish(5)
    wait_until(loggers.all_stored)
    broker_proxy.deaf_to_clients = True
    loggers.publish(200)
    wait_until(loggers.all_stored)
    ingester.kill()
    broker_proxy.deaf_to_clients = False
    ingester.start()
    told("killed between commit and acknowledgement", loggers.settle())


@pytest.mark.parametrize("each", [1500, pytest.param(34_000, marks=pytest.mark.long)])
def test_what_queued_while_the_ingester_was_down_is_all_taken_in(
    each: int, plant: Plant, loggers: Loggers, ingester: Process, told: Told
) -> None:
    ingester.kill()
    loggers.publish(each)
    wait_until(lambda: all(len(one.acknowledged) == each for one in loggers.members), 300)
    ingester.start()
    told(f"down while {3 * each} messages queued", loggers.settle())
    assert ingester.resident_mb() < 400


def test_a_second_ingester_with_the_same_identity_waits_and_takes_over(
    plant: Plant, loggers: Loggers, ingester: Process, told: Told
) -> None:
    standby = plant.ingester().start_and_hear("ingest.standby")
    loggers.publish(100)
    wait_until(loggers.all_stored)
    ingester.kill()
    loggers.publish(100)
    began = time.monotonic()
    wait_until(loggers.all_stored)
    told("a standby took over after", time.monotonic() - began)
    loggers.settle()
    ingester.start_and_hear("ingest.standby")
    assert standby.said("mqtt.connected") == 1
    standby.kill()
    told("the first took over again after", loggers.settle())
