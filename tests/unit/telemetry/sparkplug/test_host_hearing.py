from __future__ import annotations

import threading
from unittest.mock import Mock

import pytest

from telemetry.domain.sparkplug import Refused
from telemetry.ports import Message
from telemetry.services.sparkplug.host import SparkplugHost
from tests.unit.telemetry.sparkplug.support import T0


def test_a_message_that_nobody_foresaw_is_set_aside_and_ends_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    host = SparkplugHost(Mock(), stopping=threading.Event(), reorder_s=2.0)
    monkeypatch.setattr(host, "_sessions", Mock(receive=Mock(side_effect=TypeError("a defect of ours"))))
    (outcome,) = host._hear(Message("spBv1.0/g/NDATA/n", b"x", 0, 1, T0), 0.0)
    assert isinstance(outcome, Refused)
    assert (outcome.fault.reason, outcome.message.raw) == ("not_storable", b"x")
