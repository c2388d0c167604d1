"""The broker stops, dies or falls silent under load."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Told
from tests.faults.loggers import Loggers
from tests.faults.plant import Plant, Process, wait_until
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.timeout(1500)
ROUNDS = [(1, 300), pytest.param(5, 5000, marks=pytest.mark.long)]


@pytest.mark.usefixtures("ingester")
@pytest.mark.parametrize(("rounds", "each"), ROUNDS)
@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_broker_stopped_or_killed_under_load_costs_nothing(
    how: str, rounds: int, each: int, plant: Plant, loggers: Loggers, told: Told
) -> None:
    for _ in range(rounds):
        loggers.publish(each)
        plant.mosquitto.stop() if how == "stopped" else plant.kill_service(plant.mosquitto)
        loggers.publish(each)
        plant.start_service(plant.mosquitto)
    told(f"the broker {how} under load", loggers.settle())


def test_what_a_broker_forgot_while_nobody_listened_is_asked_for_again(
    plant: Plant, loggers: Loggers, ingester: Process, told: Told
) -> None:
    loggers.publish(10)
    wait_until(loggers.all_stored)
    ingester.kill()
    loggers.publish(50)
    wait_until(lambda: all(len(one.acknowledged) == 60 for one in loggers.members))
    plant.kill_service(plant.mosquitto)
    (plant.run.path / "mosquitto" / "mosquitto.db").unlink(missing_ok=True)
    plant.start_service(plant.mosquitto)
    ingester.start_and_hear("mqtt.subscribed")
    told("the broker forgot 150 messages", loggers.settle())
    assert sum(one.resends for one in loggers.members) >= 150


def test_a_half_open_connection_is_noticed_and_made_anew(
    plant: Plant, loggers: Loggers, broker_proxy: Proxy, told: Told
) -> None:
    url = plant.mosquitto.url.replace(str(plant.mosquitto.port), str(broker_proxy.port))
    ingester = plant.ingester("--keepalive", "3", MQTT_URL=url).start_and_hear("mqtt.subscribed")
    loggers.publish(20)
    wait_until(loggers.all_stored)
    broker_proxy.freeze()
    loggers.publish(200)
    told("a connection went silent", loggers.settle())
    assert ingester.said("mqtt.disconnected") >= 1
