"""A web process on a database of a measurement, someone signed in, and what reads its live stream."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.gis.servers import served
from bench.telemetry.plant import ROOT, Plant

_SIGN_IN = """
import django; django.setup()
from datetime import UTC, datetime
from knox.models import AuthToken
from backend.core.models import RoleAssignment, User
from gis.models import Jurisdiction
user = User.objects.create(username="bench")
RoleAssignment.objects.create(user=user, role="supervisor", valid=(datetime(2020, 1, 1, tzinfo=UTC), None))
Jurisdiction.objects.create(user=user, zone=None)
from django.test import Client
client = Client()
client.force_login(user)
print(AuthToken.objects.create(user=user)[1], client.session.session_key)
"""


@dataclass(frozen=True)
class Web:
    """Where the web process answers, which process it is, and the token and the session of a supervisor."""

    address: str
    pid: int
    token: str
    session: str


@contextmanager
def web(running: Plant) -> Iterator[Web]:
    """Run one web process, as the Procfile starts it, beside the ingester."""
    env = running.env | {"DJANGO_SETTINGS_MODULE": "backend.config.settings", "CHABAKA_PROCESS": "web"}
    done = subprocess.run(
        [sys.executable, "-c", _SIGN_IN], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True
    )
    command = [sys.executable, "-m", "uvicorn", "backend.config.asgi:application", "--lifespan", "off"]
    command += ["--no-access-log", "--timeout-graceful-shutdown", "3"]
    with served(command, env, "/healthz") as (address, pid):
        yield Web(address, pid, *done.stdout.split()[-2:])


async def chunks(there: Web) -> AsyncIterator[bytes]:
    """Open the live stream and yield what comes, in pieces that each end with an event."""
    address = urlsplit(there.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**22)
    asked = f"GET /live/ HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Token {there.token}\r\n\r\n"
    writer.write(asked.encode())
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.partition(b"\r\n")[0], head
        waiting = b""
        while size := int(await reader.readline(), 16):
            waiting += await reader.readexactly(size)
            await reader.readexactly(2)
            if waiting.endswith(b"\n\n"):  # a large event comes in several pieces
                yield waiting
                waiting = b""
    finally:
        writer.close()


def events(chunk: bytes) -> Iterator[tuple[str, Any]]:
    """Yield name and data of the events in a piece of the stream."""
    for part in chunk.split(b"\n\n"):
        lines = dict(line.split(b": ", 1) for line in part.split(b"\n") if b": " in line)
        if b"data" in lines and b"event" in lines:
            yield lines[b"event"].decode(), orjson.loads(lines[b"data"])
