"""Requests larger than anything we take in are refused before they fill the disk."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

MOST_BYTES = 64 * 1024 * 1024
"""Five photos of 12 MB with their form."""


class BodyLimit:
    """An ASGI application that answers 413 to a body beyond the limit, told or sent in pieces."""

    def __init__(self, application: Application, most: int = MOST_BYTES) -> None:
        self.application, self.most = application, most

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or len(told) > 18 or int(told) > self.most:
            return await _refuse(send)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.most:
                raise _TooLarge
            return message

        try:
            return await self.application(scope, counted, send)
        except _TooLarge:
            return await _refuse(send)


class _TooLarge(Exception):  # noqa: N818
    pass


async def _refuse(send: Send) -> None:
    body = {
        "type": "urn:chabaka:problem:too_large",
        "title": "This is too large to be taken in.",
        "status": 413,
        "code": "too_large",
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
