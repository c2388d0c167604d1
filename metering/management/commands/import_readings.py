"""Import a file of registers and compute what follows from it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.core.errors import InvalidInput
from metering.services.consolidation import consolidate
from metering.services.imports import ImportReport, import_readings
from metering.services.imports import Progress as Told
from metering.texts import REASONS


class Command(BaseCommand):
    """`manage.py import_readings FILE.csv [--dry-run] [--json] [--defer]`."""

    help = "Import registers from a CSV file with the columns meter, at, value and, if wanted, unit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would happen and change nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--defer", action="store_true", help="leave days and zones to the worker")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and tell what became of the file."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %s.") % path)
        try:
            with _bar(_("Reading the file"), quiet=options["json"]) as told:
                report = import_readings(path=path, dry_run=options["dry_run"], progress=told)
        except InvalidInput as error:
            reasons = [reason for told in error.extra["errors"].values() for reason in told]
            raise CommandError(" ".join(reasons)) from error
        if not (options["dry_run"] or options["defer"]):
            consolidate()
        self.stdout.write(
            json.dumps(asdict(report)) if options["json"] else _told(report, options["dry_run"])
        )


@contextmanager
def _bar(label: str, *, quiet: bool) -> Iterator[Told | None]:
    if quiet:
        yield None
        return
    columns = (TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _told(report: ImportReport, rehearsed: bool) -> str:
    head = _(
        "%(rows)d rows: %(added)d added, %(unchanged)d unchanged, "
        "%(conflicts)d in conflict, %(refused)d refused."
    )
    lines = [head % (asdict(report) | {"refused": sum(report.refused.values())})]
    if rehearsed:
        lines.append(_("This was a rehearsal: nothing was changed."))
    lines += [f"  {REASONS[reason]}: {count}" for reason, count in sorted(report.refused.items())]
    for one in report.examples[:10]:
        told = _("line %(line)d: %(meter)s %(at)s %(value)s %(unit)s") % one
        lines.append(f"    {told.rstrip()}")
    return "\n".join(lines)
