"""What a process reads ahead."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from backend.core import warming


def test_everything_is_tried_beside_the_caller_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def fails() -> None:
        raise RuntimeError

    def works() -> None:
        done.append(threading.get_ident())

    tasks: dict[str, Callable[[], None]] = {}
    monkeypatch.setattr(warming, "_tasks", tasks)
    warming.register_warming("first", fails)
    warming.register_warming("second", works)
    thread = warming.warm_in_background()
    thread.join(20)
    assert thread.daemon
    assert done == [thread.ident]
    assert thread.ident != threading.get_ident()
