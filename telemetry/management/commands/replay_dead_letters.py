"""Read dead letters again: `manage.py replay_dead_letters [--reason R] [--family F] [--topic T]`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from telemetry.queries.dead_letters import LetterFilter
from telemetry.services.replaying import replay_letters


class Command(BaseCommand):
    help = "Read dead letters that wait again, oldest first, after a mapping or a device was mended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("reason", "device", "family", "topic"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--limit", type=int, default=100_000)
        parser.add_argument("--dry-run", action="store_true", help="Say how many wait and do nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("reason", "device", "family", "topic")
        waiting = LetterFilter(**{name: options[name] for name in names}).letters()
        ids = list(waiting.order_by("received_at", "pk").values_list("pk", flat=True)[: options["limit"]])
        if options["dry_run"]:
            self.stdout.write(json.dumps({"waiting": len(ids)}))
            return
        self.stdout.write(json.dumps(asdict(replay_letters(ids=ids))))
