"""Bring devices in from a file: `manage.py import_devices FILE.yaml`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telemetry.models import AlarmRule, Device, DeviceFamily, Sensor
from telemetry.services.importing import ImportReport, import_devices


class Command(BaseCommand):
    help = "Devices, sensors, MQTT mappings, Modbus register maps and alarm rules from YAML; all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would change and write nothing.")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        report = import_devices(path=options["file"], dry_run=options["dry_run"])
        if options["as_json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self._tell(report, dry_run=options["dry_run"])
        if report.errors:
            count = len(report.errors)
            text = ngettext(
                "Nothing was imported: %(count)d error.", "Nothing was imported: %(count)d errors.", count
            )
            raise CommandError(text % {"count": count})

    def _tell(self, report: ImportReport, *, dry_run: bool) -> None:
        for error in report.errors:
            self.stderr.write(f"{error.where}: {error.reason}")
        if report.errors:
            return
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))
        for model in (DeviceFamily, Device, Sensor, AlarmRule):
            kind = model._meta.model_name or ""
            counts = {
                "kind": model._meta.verbose_name_plural,
                "created": report.created[kind],
                "updated": report.updated[kind],
                "unchanged": report.unchanged[kind],
            }
            self.stdout.write(
                _("%(kind)s: %(created)d new, %(updated)d changed, %(unchanged)d unchanged") % counts
            )
