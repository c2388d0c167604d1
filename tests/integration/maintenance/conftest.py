"""The street, its people and a place for photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation
from rest_framework.test import APIClient

from backend.core.models import User
from gis.models import Network
from maintenance.models import Technician
from tests.factories import core as cast
from tests.factories import maintenance as make


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Keep photos in a folder of the test, counters at nothing, and the language of the operator."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    with translation.override("en"):
        yield


@dataclass
class Town:
    """The street with its people: Hicham and Nadia dispatch, Samira and Youssef repair, Salma supervises."""

    network: Network
    hicham: User
    nadia: User
    salma: User
    samira: Technician
    youssef: Technician


@pytest.fixture
def town(db: None) -> Town:
    """Build the street with its people."""
    network = make.town()
    return Town(
        network=network,
        hicham=make.at_the_desk(cast.hicham()),
        nadia=make.at_the_desk(cast.nadia()),
        salma=make.at_the_desk(cast.salma()),
        samira=make.crew(cast.samira(), home=make.NEAR_B),
        youssef=make.crew(cast.youssef(), home=make.NEAR_D),
    )


@pytest.fixture
def anyone() -> APIClient:
    """Someone who is not signed in."""
    return client()


def signed_in(user: User) -> APIClient:
    """Sign someone in."""
    signed = client()
    signed.force_authenticate(user)
    return signed


@lru_cache(maxsize=1)
def _middleware() -> Any:
    handler = APIClient().handler
    handler.load_middleware()
    return handler._middleware_chain


def client() -> APIClient:
    """Return a client that shares the middleware of all, as requests to one process do."""
    made = APIClient()
    made.handler._middleware_chain = _middleware()
    return made


def shut(answer: Any) -> None:
    """Close the file behind an answer, without ending the test's connection as a server would."""
    for close in answer._resource_closers:
        close()
