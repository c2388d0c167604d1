"""The two demo networks, read from the packages that carry them."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

from gis.domain.placement import Place
from gis.models import Network
from gis.services import NetworkNames, import_network

LTOWN_PLACE = Place(-2.32576, 34.92853)
SCHUTTERWALD_PLACE = Place(-2.32865, 34.92409)


@pytest.fixture(scope="session")
def ltown_file() -> Path:
    spec = find_spec("epyt")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "networks" / "L-TOWN.inp"


@pytest.fixture(scope="session")
def schutterwald_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import pandapower
    from pandapower.networks import lv_schutterwald

    path = tmp_path_factory.mktemp("pandapower") / "schutterwald.json"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pandapower.to_json(lv_schutterwald(), str(path))
    return path


@pytest.fixture
def ltown(db: None, ltown_file: Path) -> Network:
    import_network(
        path=ltown_file,
        code="ltown",
        file_format="epanet",
        names=NetworkNames("L-TOWN", "إل تاون"),
        place=LTOWN_PLACE,
    )
    return Network.objects.get(code="ltown")
