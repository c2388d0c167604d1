"""The world, a folder for its photos, and counters at nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from tests.integration.security import world as built
from tests.integration.security.world import World


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return built.build()
