"""Import of the whole district from its files, into a database of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.gis.database import ROOT, empty
from bench.gis.district import generate
from bench.gis.district.files import write

AIM = "20,000 rows/s"
NETWORK = """
utility: water
layers:
  - layer: nodes
    model: node
    code: code
    kind: kind
    elevation_m: elevation_m
    is_source: is_source
  - layer: links
    model: link
    code: code
    kind: kind
    start: start
    start_kind: start_kind
    end: end
    end_kind: end_kind
    diameter_mm: diameter_mm
    state: state
    operable: operable
  - layer: connection_points
    model: connection_point
    code: code
    node: node
    link: link
    link_kind: link_kind
    category: category
    critical_kind: critical_kind
    address: address
    references: [old_reference]
"""
ZONES = """
layers:
  - {layer: zones, model: zone, code: code, kind: kind, name_fr: name_fr, name_ar: name_ar, parent: parent}
"""
CUSTOMERS = """
crs: EPSG:4326
layers:
  - model: connection_point
    code: code
    coordinates: {x: lon, y: lat}
    category: category
    critical_kind: critical_kind
    address: address
    references: [old_reference]
"""


def measure() -> dict[str, Any]:
    """Bring the district into an empty database and take it back out of it.

    New, with a dry run before; the same again; zones; points that name no node, with a dry run before; then
    every import undone, the last one first.
    """
    kept = os.environ.get("CHABAKA_DISTRICT_FILES")
    with (
        tempfile.TemporaryDirectory() as made,
        empty(os.environ["DATABASE_URL"], "chabaka_bench_import") as url,
    ):
        folder = Path(kept or made)
        if not kept:
            write(generate(), folder)
        network, customers = folder / "network.gpkg", folder / "customers.csv"
        figures: dict[str, Any] = {
            "against": AIM,
            "load average at the start": round(os.getloadavg()[0], 1),
            "new, dry run": _import(url, network, NETWORK, "--dry-run"),
            "new": _import(url, network, NETWORK),
            "the same again": _import(url, network, NETWORK),
            "zones, with memberships": _import(url, network, ZONES),
            "customers to the nearest pipe, dry run": _import(url, customers, CUSTOMERS, "--dry-run"),
            "customers to the nearest pipe": _import(url, customers, CUSTOMERS),
        }
        recorded = {step: told.pop("record") for step, told in figures.items() if isinstance(told, dict)}
        for step, record in reversed(recorded.items()):
            if record is not None:
                figures[f"{step}: undone"] = _undo(url, record, figures[step]["rows"])
        return figures


def _import(url: str, path: Path, mapping: str, *options: str) -> dict[str, Any]:
    """Run the command as an engineer would, and read its report."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as declared:
        declared.write(mapping)
        declared.flush()
        told = ["--network", "million", "--format", "vector", "--mapping", declared.name, "--json", *options]
        seconds, printed = _run(url, "import_network", str(path), *told)
    report = json.loads(printed)
    rows = sum(sum(written.values()) for step, written in report["counts"].items() if step != "aliases")
    return {**_figures(rows, seconds), "record": report["record_id"]}


def _undo(url: str, record: int, rows: int) -> dict[str, Any]:
    seconds, _printed = _run(url, "undo_import", str(record))
    return _figures(rows, seconds)


def _run(url: str, *arguments: str) -> tuple[float, str]:
    """Run a command of manage.py on a database; return the seconds it took and what it printed."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return time.monotonic() - started, done.stdout


def _figures(rows: int, seconds: float) -> dict[str, Any]:
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "rows_per_s": round(rows / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
