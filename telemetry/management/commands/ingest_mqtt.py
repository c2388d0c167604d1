"""Listen to the broker and store readings: `manage.py ingest_mqtt`."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from telemetry.adapters.mqtt import MqttSource, Subscription
from telemetry.services.ingester import Ingester


class Command(BaseCommand):
    help = "Store what devices publish over MQTT. A second one waits and takes over. Stops on SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client-id", default="chabaka-ingest")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        source = MqttSource(Subscription(settings.MQTT_URL, options["client_id"]))
        Ingester(source, stopping=stopping).run()
