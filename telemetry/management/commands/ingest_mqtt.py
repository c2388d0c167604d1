"""Listen to the broker and store readings: `manage.py ingest_mqtt`."""

from __future__ import annotations

import re
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.core.garbage import search_less_often
from telemetry.adapters.mqtt import MqttSource, Subscription
from telemetry.services.ingester import MAX_MEMBERS, Ingester


class Command(BaseCommand):
    help = "Store what devices publish over MQTT. A second one waits and takes over. Stops on SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client-id", default="chabaka-ingest")
        parser.add_argument("--share", metavar="GROUP", help="Be one of several that share the messages.")
        parser.add_argument("--member", type=int, default=1, metavar="N", help="Which member of the group.")
        parser.add_argument(
            "--keepalive", type=int, default=20, help="Seconds after which silence is asked about."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        group, member = options["share"], options["member"]
        if group and (not re.fullmatch("[A-Za-z0-9_-]{1,32}", group) or not 1 <= member <= MAX_MEMBERS):
            raise CommandError(f"A group is letters, digits, - or _; a member is 1 to {MAX_MEMBERS}.")
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        client_id = f"{options['client_id']}-{group}-{member}" if group else options["client_id"]
        subscription = Subscription(
            settings.MQTT_URL, client_id, share=group or "", keepalive_s=options["keepalive"]
        )
        search_less_often()
        Ingester(MqttSource(subscription), stopping=stopping, share=(group, member) if group else None).run()
