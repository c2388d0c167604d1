"""How the web process answers: in one thread, let go of before the client has read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from backend.core.threads import ThreadedHandler
from gis.api.exports import Download

Sent = list[dict[str, Any]]


@pytest.fixture(scope="module")
def handler() -> ThreadedHandler:
    return ThreadedHandler()


def scope_of(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1234),
    }


def asked(handler: ThreadedHandler, path: str = "/healthz", *, leaves: bool = False) -> Sent:
    """Ask as a server does; a client that `leaves` has gone when the first piece is sent."""

    async def ask() -> Sent:
        sent: Sent = []
        coming = [{"type": "http.request", "body": b""}]
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if coming:
                return coming.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if leaves and message.get("body"):
                gone.set()

        await asyncio.wait_for(handler(scope_of(path), receive, send), 20)
        return sent

    return asyncio.run(ask())


def body_of(sent: Sent) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


@contextmanager
def answering(handler: ThreadedHandler, response: HttpResponseBase) -> Iterator[None]:
    """Let every request find this answer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handler._in_thread, "get_response", lambda request: response)
        yield


@contextmanager
def noted() -> Iterator[list[tuple[str, int]]]:
    """Note in which thread requests begin and end."""
    seen: list[tuple[str, int]] = []

    def began(**kwargs: Any) -> None:
        seen.append(("began", threading.get_ident()))

    def ended(**kwargs: Any) -> None:
        seen.append(("ended", threading.get_ident()))

    request_started.connect(began)
    request_finished.connect(ended)
    try:
        yield seen
    finally:
        request_started.disconnect(began)
        request_finished.disconnect(ended)


def test_a_request_begins_and_ends_in_one_thread_beside_the_loop(handler: ThreadedHandler) -> None:
    with noted() as seen:
        sent = asked(handler)
    assert sent[0]["status"] == 200
    assert body_of(sent) == b'{"status": "ok"}'
    (began, thread), (ended, same) = seen
    assert (began, ended) == ("began", "ended")
    assert thread == same != threading.get_ident()


def test_every_middleware_has_seen_it(handler: ThreadedHandler) -> None:
    headers = dict(asked(handler)[0]["headers"])
    assert headers[b"X-Content-Type-Options"] == b"nosniff"
    assert b"X-Request-ID" in headers
    assert b"Content-Security-Policy" in headers


def test_static_files_are_left_to_the_loop_with_the_same_headers(handler: ThreadedHandler) -> None:
    sent = asked(handler, "/static/admin/css/base.css")
    assert sent[0]["status"] == 200
    assert dict(sent[0]["headers"])[b"X-Content-Type-Options"] == b"nosniff"
    assert b"--primary" in body_of(sent)


def test_the_request_is_over_before_a_client_reads_the_answer(handler: ThreadedHandler) -> None:
    with noted() as seen, answering(handler, HttpResponse(b"x" * 200_000)):
        sent = asked(handler)
    assert [name for name, _ in seen] == ["began", "ended"]
    assert len(body_of(sent)) == 200_000


def test_a_file_is_sent_whole_and_closed(handler: ThreadedHandler, tmp_path: Any) -> None:
    path = tmp_path / "network.gpkg"
    path.write_bytes(b"0123456789" * 50_000)
    file = path.open("rb")
    with answering(handler, Download(file)):
        assert body_of(asked(handler)) == path.read_bytes()
    assert file.closed


def test_nothing_more_is_made_for_a_client_that_left(handler: ThreadedHandler) -> None:
    left = threading.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"more"
                await asyncio.sleep(0)
        finally:
            left.set()

    with answering(handler, StreamingHttpResponse(endless())):
        asked(handler, leaves=True)
    assert left.is_set()


def test_a_fault_while_sending_is_not_swallowed(handler: ThreadedHandler, tmp_path: Any) -> None:
    path = tmp_path / "gone"
    path.write_bytes(b"x")
    file = path.open("rb")
    response = Download(file)
    file.close()
    with answering(handler, response), pytest.raises(ValueError, match="closed file"):
        asked(handler)
