"""Import a network from a file, with a dry run, a progress bar and a report by row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console

from backend.core.errors import ChabakaError
from gis.domain.mapping import Mapping, MappingError, read_mapping
from gis.domain.placement import UNITS_IN_METRES, Place
from gis.errors import ImportRefused
from gis.management.bars import Bars
from gis.services import ImportReport, NetworkNames, import_network
from gis.services.importing import FORMATS
from gis.translating import translated

SHOWN_ERRORS = 50


class Command(BaseCommand):
    help = "Import a network (EPANET, pandapower, any vector file); the same file twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        # argparse takes "-2.3,34.9,0" for an option unless it is told that this, too, is a number.
        parser._negative_number_matcher = re.compile(r"^-[\d.][\d.,-]*$")
        parser.add_argument("file", type=Path)
        parser.add_argument("--network", metavar="CODE", help="needed unless the file has zones alone")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS), dest="file_format")
        parser.add_argument("--mapping", type=Path, metavar="M.yaml", help="what a vector file means")
        parser.add_argument("--crs", metavar="EPSG:N", help="coordinate system of the file")
        parser.add_argument("--coordinate-unit", choices=[*UNITS_IN_METRES, "deg"])
        parser.add_argument(
            "--place",
            type=_place,
            metavar="LON,LAT,ROTATION",
            help="move the centre there, turned by degrees",
        )
        parser.add_argument("--name-fr", default="")
        parser.add_argument("--name-ar", default="")
        parser.add_argument(
            "--skip-errors", action="store_true", help="import the sound rows and report the others"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        names = NetworkNames(options["name_fr"], options["name_ar"]) if options["name_fr"] else None
        console = Console(stderr=True, quiet=options["json"])
        try:
            with Bars(console) as progress:
                report = import_network(
                    path=options["file"],
                    code=options["network"],
                    file_format=options["file_format"],
                    mapping=_mapping(options["mapping"]),
                    names=names,
                    crs=options["crs"],
                    unit=options["coordinate_unit"],
                    place=options["place"],
                    dry_run=options["dry_run"],
                    skip_errors=options["skip_errors"],
                    progress=progress,
                )
        except ImportRefused as error:
            self._show(error.report, as_json=options["json"])
            raise CommandError(error.detail) from error
        except ChabakaError as error:
            details = "; ".join(
                f"{key}: {', '.join(said)}" for key, said in error.extra.get("errors", {}).items()
            )
            said = f"{error.detail} ({details})" if details else error.detail
            raise CommandError("\n  ".join([said, *_candidates(error)])) from error
        self._show(report, as_json=options["json"])

    def _show(self, report: ImportReport, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({**asdict(report), "changed": report.changed}, ensure_ascii=False))
            return
        crs = f"{report.source_crs} > {report.placed_in}" if report.placed_in else report.source_crs
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(report.kinds.items()))
        self.stdout.write(f"{report.network}: {kinds or 0}, {report.length_km:.1f} km ({crs or '-'})")
        told = _("%(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(kept)d kept as edited")
        for step, written in report.counts.items():
            self.stdout.write(f"  {step}: {told % asdict(written)}")
        for said in (*report.errors, *report.warnings, *report.notes)[:SHOWN_ERRORS]:
            self.stdout.write(f"  {said.row}: {said.reason} {said.detail}".rstrip())
        counted = [
            *report.error_counts.items(),
            *report.warning_counts.items(),
            *report.note_counts.items(),
        ]
        if sum(times for _reason, times in counted) > SHOWN_ERRORS:
            self.stdout.write("  … " + ", ".join(f"{times} {reason}" for reason, times in counted))
        if report.dry_run:
            self.stdout.write(_("Dry run: nothing was written."))


def _mapping(path: Path | None) -> Mapping | None:
    if path is None:
        return None
    try:
        return read_mapping(path.read_text(encoding="utf-8"))
    except MappingError as error:
        said = (f"{where}: {', '.join(map(translated, told))}" for where, told in error.errors.items())
        raise CommandError("\n  ".join([f"{path}:", *said])) from error
    except (OSError, UnicodeError) as error:
        raise CommandError(f"{path}: {error}") from error


def _candidates(error: ChabakaError) -> Iterator[str]:
    """Tell where the data would lie in each system they could be in."""
    question = getattr(error, "question", None)
    if question is None:
        return
    yield _("In which coordinate system is the layer %(layer)s? Say so with --crs.") % {
        "layer": question.layer
    }
    if not question.candidates:
        yield _("It would lie on earth in none of the usual ones: is its unit another? (--coordinate-unit)")
    else:
        for candidate in question.candidates:
            inside = _("in the service area") if candidate.inside_area else ""
            yield f"{candidate.crs}  {candidate.name}: {candidate.lon} {candidate.lat} {inside}".rstrip()


def _place(text: str) -> Place:
    lon, lat, *rotation = (float(part) for part in text.split(","))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or len(rotation) > 1:
        raise ValueError(text)
    return Place(lon, lat, *rotation)
