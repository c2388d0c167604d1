"""Look for what is wrong with the networks, and say how much of each was found."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.core.errors import ChabakaError
from gis.models import QualityFinding
from gis.services.quality import CheckReport, check_networks, quality_check, quality_checks, sentence

SHOWN = 20


class Command(BaseCommand):
    help = "Check one network, or all of them and the zones; what is found waits at /network/quality/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "network", nargs="?", help="code of the network; all of them, and the zones, if none"
        )
        parser.add_argument(
            "--check",
            action="append",
            default=[],
            choices=[check.code for check in quality_checks()],
            dest="checks",
        )
        parser.add_argument(
            "--tolerance",
            type=float,
            metavar="M",
            help="metres between ends that should meet; kept for later runs",
        )
        parser.add_argument(
            "--list", action="store_true", help=f"name the first {SHOWN} findings of each check"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reports = check_networks(
                network_code=options["network"], checks=options["checks"], tolerance_m=options["tolerance"]
            )
        except ChabakaError as error:
            told = "; ".join(
                f"{key}: {', '.join(said)}" for key, said in error.extra.get("errors", {}).items()
            )
            raise CommandError(f"{error.detail} ({told})") from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(report) for report in reports], ensure_ascii=False))
            return
        for report in reports:
            self._show(report, with_findings=options["list"])

    def _show(self, report: CheckReport, *, with_findings: bool) -> None:
        self.stdout.write(f"{report.network or 'zones'}: {report.standing} (±{report.tolerance_m:g} m)")
        for code, found in report.found.items():
            if not found.standing and not found.gone:
                continue
            check = quality_check(code)
            name = check.name if check else code
            self.stdout.write(
                f"  {name}: {found.standing}, {found.new} new, {found.gone} gone, {found.seconds} s"
            )
            if with_findings:
                self._list(report, code)

    def _list(self, report: CheckReport, code: str) -> None:
        rows = QualityFinding.objects.filter(check_code=code, state="open").order_by("pk")
        of = rows.filter(network__code=report.network) if report.network else rows.filter(network=None)
        for finding in of[:SHOWN]:
            self.stdout.write(f"    {finding.subject_kind} {finding.subject_code}: {sentence(finding)}")
