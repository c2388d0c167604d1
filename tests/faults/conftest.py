"""One plant for all faults; every test breaks it with loggers of its own and finds it whole again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from ops import processes
from tests.factories.platform import open_folder
from tests.faults.loggers import Logger, Loggers
from tests.faults.plant import Plant, Process
from tests.faults.proxy import Proxy

CODES = [f"FAULT-{number}" for number in range(200)]
ALARMED = [f"ALARMED-{number}" for number in range(40)]
PRESSURE = {"key": "pressure_kpa", "quantity": "pressure", "unit": "kPa"}
FAMILIES = {
    "logger": {"protocol": "mqtt", "sensors": [PRESSURE]},
    "alarmed": {"protocol": "mqtt", "sensors": [PRESSURE | {"alarms": [{"kind": "high", "limit": 500}]}]},
}
Told = Callable[[str, float], None]
recoveries: list[tuple[str, str, float]] = []


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Services that keep what they confirm, tables, and loggers that nobody has used yet."""
    plant = Plant(open_folder(tmp_path_factory.mktemp("plant")))
    try:
        devices = {
            "version": 1,
            "families": FAMILIES,
            "devices": [
                *({"code": code, "family": "logger"} for code in CODES),
                *({"code": code, "family": "alarmed"} for code in ALARMED),
            ],
        }
        plant.start(devices, dict.fromkeys([*CODES, *ALARMED], plant.token))
        yield plant
    finally:
        plant.stop()
        processes.sweep(plant.token)


@pytest.fixture(autouse=True)
def ended(plant: Plant) -> Iterator[None]:
    """Let no test's processes meet the next test."""
    yield
    plant.end_processes()


@pytest.fixture(scope="session")
def unused_codes() -> Iterator[str]:
    return iter(CODES)


@pytest.fixture
def loggers(plant: Plant, unused_codes: Iterator[str]) -> Iterator[Loggers]:
    """Three loggers, connected."""
    codes = itertools.islice(unused_codes, 3)
    loggers = Loggers(plant, [Logger(code, plant.token, plant.mosquitto.port) for code in codes])
    yield loggers
    loggers.close()


@pytest.fixture
def ingester(plant: Plant) -> Process:
    """The ingester, listening."""
    return plant.ingester().start_and_hear("mqtt.subscribed")


@pytest.fixture
def broker_proxy(plant: Plant) -> Iterator[Proxy]:
    """A proxy before the broker."""
    proxy = Proxy(plant.mosquitto.port)
    yield proxy
    proxy.close()


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Told:
    """Say at the end of the run how long something took, in seconds."""

    def tell(what: str, seconds: float) -> None:
        recoveries.append((request.node.name, what, seconds))

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the times to recover."""
    if recoveries:
        terminalreporter.section("times to recover")
        for name, what, seconds in recoveries:
            terminalreporter.write_line(f"{seconds:7.2f} s  {what}  ({name})")
