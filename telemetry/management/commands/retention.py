"""Drop what the storage policies no longer keep, or say what the last runs dropped."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.core import clock
from telemetry.models import RetentionRun
from telemetry.queries.storage import last_runs
from telemetry.services.retention import run_retention


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be dropped, drop nothing")
        parser.add_argument("--last", type=int, metavar="N", help="show the last N runs instead of running")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if options["last"]:
            runs = last_runs(options["last"])
        else:
            runs = [run_retention(now=clock.now(), dry_run=options["dry_run"])]
        for run in runs:
            self.stdout.write(json.dumps(_as_dict(run)) if options["json"] else _as_text(run))


def _as_dict(run: RetentionRun) -> dict[str, Any]:
    times = {"started_at": run.started_at.isoformat(), "rows": run.rows, "error": run.error}
    return times | {"items": run.items}


def _as_text(run: RetentionRun) -> str:
    lines = [f"{run.started_at:%F %T}  {run.rows} rows" + (f"  {run.error}" if run.error else "")]
    lines += [
        f"  {item['how']:<9} {item['partition']:<32} {item['rows']:>12}  {item['reason']}".rstrip()
        for item in run.items
    ]
    return "\n".join(lines)
