"""What is said and done about missing system packages."""

from __future__ import annotations

import os

import pytest

from ops import packages
from ops.errors import Stop
from ops.packages import Requirement

ABSENT = Requirement("broker", ("mosquitto",), lambda: False)
ALSO_ABSENT = Requirement("database", ("postgresql", "postgresql-postgis"), lambda: False)
PRESENT = Requirement("python", ("python3",), lambda: True)


def test_without_root_the_one_line_to_type_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    lacking = packages.missing([ABSENT, PRESENT, ALSO_ABSENT])
    with pytest.raises(Stop) as told:
        packages.refuse_without_root(lacking)
    lines = [line.strip() for line in str(told.value).splitlines() if "apt-get" in line]
    assert lines == ["sudo apt-get install mosquitto postgresql postgresql-postgis"]


def test_nothing_is_said_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    packages.refuse_without_root(packages.missing([PRESENT]))


def test_a_service_that_is_given_by_its_url_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("MQTT_URL", "mqtt://broker.example")
    names = [need.name for need in packages.for_services()]
    assert "mosquitto" not in names
    assert {"postgresql", "redis", "gdal"} <= set(names)
