"""Undo an import while nothing depends on what it brought."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.core.errors import ChabakaError
from gis.models import ImportRecord
from gis.services import undo_import


class Command(BaseCommand):
    help = "Undo an import by its number while nothing depends on it; without a number, list the imports."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["number"] is None:
            self._list()
            return
        try:
            report = undo_import(record_id=options["number"])
        except ChabakaError as error:
            said = ", ".join(f"{what} {times[0]}" for what, times in error.extra.get("errors", {}).items())
            raise CommandError(f"{error.detail} ({said})" if said else error.detail) from error
        for what, counts in (("removed", report.removed), ("as before", report.restored)):
            for model, times in counts.items():
                self.stdout.write(f"{what}: {times} {model}")

    def _list(self) -> None:
        for record in ImportRecord.objects.select_related("network")[:50]:
            state = f"undone {record.undone_at:%Y-%m-%d %H:%M}" if record.undone_at else ""
            network = record.network.code if record.network else "-"
            line = f"{record.pk}  {record.imported_at:%Y-%m-%d %H:%M}  {network}  {record.file_name}  {state}"
            self.stdout.write(line.rstrip())
