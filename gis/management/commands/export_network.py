"""Write a network to a file, with a progress bar."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from backend.core.errors import ChabakaError
from gis.domain.exports import LAYERS
from gis.management.bars import Bars
from gis.services.exporting import FORMATS, SUFFIXES, export_network


class Command(BaseCommand):
    help = "Export a network as GeoPackage, GeoJSON or EPANET .inp."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--network", required=True, metavar="CODE")
        parser.add_argument(
            "--format", choices=sorted(FORMATS), dest="file_format", help="default: as the file is named"
        )
        parser.add_argument("--crs", metavar="EPSG:N", help="coordinate system of the file")
        parser.add_argument("--layer", action="append", choices=list(LAYERS), default=[], dest="layers")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        file_format = options["file_format"] or _format_of(path)
        if not path.parent.is_dir():
            raise CommandError(f"{path.parent}: no such folder")
        try:
            with Bars(Console(stderr=True, quiet=options["json"])) as progress:
                report = export_network(
                    code=options["network"],
                    path=path,
                    file_format=file_format,
                    crs=options["crs"],
                    layers=options["layers"],
                    progress=progress,
                )
        except ChabakaError as error:
            details = "; ".join(
                f"{key}: {', '.join(said)}" for key, said in error.extra.get("errors", {}).items()
            )
            raise CommandError(f"{error.detail} ({details})" if details else error.detail) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report)))
            return
        counts = ", ".join(f"{number} {layer.replace('_', ' ')}" for layer, number in report.counts.items())
        self.stdout.write(f"{path}: {counts} ({report.crs}, {report.size_bytes:,} bytes, {report.seconds} s)")
        for reason, times in report.assumed.items():
            self.stdout.write(f"  {times} assumed: {reason}")


def _format_of(path: Path) -> str:
    for file_format, suffix in SUFFIXES.items():
        if path.suffix.lower() == suffix:
            return file_format
    raise CommandError(f"{path.name}: tell --format ({', '.join(SUFFIXES)})")
