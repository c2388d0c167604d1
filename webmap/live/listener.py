"""The one LISTEN connection of a process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import psycopg
from django.db import connection

READINGS = "chabaka_readings"
OUTBOX = "chabaka_outbox"
CONNECTED = "connected"
LONGEST_PAUSE_S = 5.0

log = logging.getLogger(__name__)


async def notifications() -> AsyncIterator[tuple[str, str]]:
    """Yield `(channel, payload)` for ever; a new connection yields `(CONNECTED, "")` first."""
    pause = 0.2
    while True:
        try:
            async with await _connect() as listening:
                for channel in (READINGS, OUTBOX):
                    await listening.execute(f"LISTEN {channel}")
                yield CONNECTED, ""
                pause = 0.2
                async for notice in listening.notifies():
                    yield notice.channel, notice.payload
        except psycopg.Error as error:
            log.warning("live stream lost the database: %s", error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def _connect() -> psycopg.AsyncConnection:
    settings = connection.settings_dict
    return await psycopg.AsyncConnection.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        autocommit=True,
        application_name="chabaka-live",
    )
