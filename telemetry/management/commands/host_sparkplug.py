"""Follow Sparkplug edge nodes and store what they say: `manage.py host_sparkplug`."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from backend.core.garbage import search_less_often
from telemetry.adapters.mqtt import SparkplugLink
from telemetry.domain.sparkplug.edge import REORDER_S
from telemetry.services.sparkplug import SparkplugHost


class Command(BaseCommand):
    help = "Be the Sparkplug B host application of this platform. A second one waits. Stops on SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host-id", default="chabaka", help="Name under spBv1.0/STATE/.")
        parser.add_argument(
            "--reorder-s", type=float, default=REORDER_S, help="Wait this long for a missing number."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        link = SparkplugLink(settings.MQTT_URL, host_id=options["host_id"])
        search_less_often()
        SparkplugHost(link, stopping=stopping, reorder_s=options["reorder_s"]).run()
