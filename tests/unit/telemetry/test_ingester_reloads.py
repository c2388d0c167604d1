"""How often an ingester reads anew what it knows by heart."""

from __future__ import annotations

import threading
from typing import Any
from unittest.mock import Mock

import pytest

from telemetry.services import ingester
from telemetry.services.ingest import Ingested


def test_what_stays_unknown_does_not_have_all_devices_read_anew_at_each_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [100.0]
    loads: list[float] = []

    def load(**_: Any) -> Mock:
        loads.append(seconds[0])
        seconds[0] += 5.0  # there are many devices
        return Mock()

    monkeypatch.setattr(ingester, "load_registry", load)
    monkeypatch.setattr(ingester, "time", Mock(monotonic=lambda: seconds[0]))
    one = ingester.Ingester(Mock(), stopping=threading.Event())
    for _ in range(400):
        one._after(Ingested(messages=1, unknown=True))
        seconds[0] += 0.5
    assert loads == [100.0, 205.5]
