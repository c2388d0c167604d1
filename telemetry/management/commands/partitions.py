"""Say how partitions stand; with --repair, give the rows of the default ones partitions of their own."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.core import clock
from telemetry.queries.partitions import partition_figures
from telemetry.services.partitions import create_partitions_ahead, repair_default_partitions


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if options["repair"]:
            ahead = create_partitions_ahead(today=clock.now().astimezone(UTC).date())
            for name in [*ahead, *repair_default_partitions()]:
                self.stderr.write(f"created {name}")
        figures = partition_figures()
        if options["json"]:
            self.stdout.write(json.dumps([figure._asdict() for figure in figures]))
            return
        for table, count, newest, astray in figures:
            self.stdout.write(f"{table:<24} {count:>5} partitions to {newest or '-'}, {astray} rows astray")
