"""A broker and devices for each test that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.telemetry.support import Broker, Field, Worker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """Run a Mosquitto."""
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def field(broker: Broker) -> Iterator[Field]:
    """Connect devices to it."""
    field = Field(broker)
    yield field
    field.close()


@pytest.fixture
def ingester(broker: Broker) -> Iterator[Worker]:
    """Give an ingester of that broker, not started; ended after the test whatever happens."""
    worker = Worker("ingest_mqtt", MQTT_URL=broker.url)
    yield worker
    worker.remove()
