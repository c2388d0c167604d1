"""The compose files against the Procfile."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ops import compose
from ops.paths import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("docker-compose.yml", "docker-compose.services.yml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_every_service_in_the_compose_file_is_a_command_of_the_procfile() -> None:
    assert compose.faults(ROOT) == []


def test_a_command_that_differs_from_the_procfile_is_found(copy: Path) -> None:
    _replace(copy / "docker-compose.yml", "exec python manage.py poll_modbus", "exec python manage.py poll")
    assert compose.faults(copy) == ["poll: the command differs from the Procfile's"]


def test_a_process_missing_from_the_compose_file_is_found(copy: Path) -> None:
    _replace(copy / "docker-compose.yml", "  ingest:\n", "  swallow:\n")
    assert compose.faults(copy) == [
        "ingest: stands in only one of docker-compose.yml and Procfile",
        "swallow: stands in only one of docker-compose.yml and Procfile",
    ]


def test_an_unknown_key_an_unknown_volume_and_a_lost_dependency_are_found(copy: Path) -> None:
    services = copy / "docker-compose.services.yml"
    _replace(services, "image: redis:7\n    restart:", "image: redis:7\n    restrat:")
    _replace(services, 'volumes: ["redis:/data"]', 'volumes: ["rediss:/data"]')
    _replace(copy / "docker-compose.yml", "mosquitto: {condition", "broker: {condition")
    found = compose.faults(copy)
    assert "redis: unknown key restrat" in found
    assert "redis: volume rediss is not declared" in found
    assert "web: depends on broker, which is no service" in found
