"""A Redis that takes connections and says nothing holds nobody up twice."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from redis import Redis, exceptions

from backend.config.cache import Breaker


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def came(server: socket.socket) -> int:
    """Count the connections that nobody has taken yet."""
    count = 0
    try:
        while True:
            server.accept()[0].close()
            count += 1
    except BlockingIOError:
        return count


def test_nobody_asks_again_for_a_while(silent: socket.socket) -> None:
    client = Redis(port=silent.getsockname()[1], socket_timeout=0.05, retry=Breaker())
    with pytest.raises(exceptions.TimeoutError):
        client.get("kept")
    assert came(silent) >= 1
    for _ in range(3):
        with pytest.raises(exceptions.ConnectionError, match="a moment ago"):
            client.get("kept")
    assert came(silent) == 0


def test_it_is_asked_again_afterwards(silent: socket.socket) -> None:
    client = Redis(port=silent.getsockname()[1], socket_timeout=0.05, retry=Breaker(away_for_s=0))
    for _ in range(2):
        with pytest.raises(exceptions.TimeoutError):
            client.get("kept")
        assert came(silent) >= 1
