"""Ask Modbus devices for their values: `manage.py poll_modbus`."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from backend.core.garbage import search_less_often
from telemetry.adapters.modbus import ModbusReader
from telemetry.services.polling import Poller


class Command(BaseCommand):
    help = "Poll the Modbus devices and store what they say. A second one waits. Stops on SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        search_less_often()
        asyncio.run(self._poll())

    async def _poll(self) -> None:
        poller = Poller(connect=ModbusReader, modbus_url=settings.MODBUS_URL)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, poller.stop)
        await poller.run()
