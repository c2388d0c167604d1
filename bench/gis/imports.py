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
    """Import the district into an empty database: new, again, zones, and points that name no node."""
    kept = os.environ.get("CHABAKA_DISTRICT_FILES")
    with (
        tempfile.TemporaryDirectory() as made,
        empty(os.environ["DATABASE_URL"], "chabaka_bench_import") as url,
    ):
        folder = Path(kept or made)
        if not kept:
            write(generate(), folder)
        network, customers = folder / "network.gpkg", folder / "customers.csv"
        return {
            "against": AIM,
            "load average at the start": round(os.getloadavg()[0], 1),
            "new": _import(url, network, NETWORK),
            "the same again": _import(url, network, NETWORK),
            "zones, with memberships": _import(url, network, ZONES),
            "customers to the nearest pipe": _import(url, customers, CUSTOMERS),
        }


def _import(url: str, path: Path, mapping: str) -> dict[str, Any]:
    """Run the command as an engineer would, and read its report."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as declared:
        declared.write(mapping)
        declared.flush()
        command = [sys.executable, "manage.py", "import_network", str(path), "--network", "million"]
        options = ["--format", "vector", "--mapping", declared.name, "--json"]
        started = time.monotonic()
        done = subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    seconds = time.monotonic() - started
    report = json.loads(done.stdout)
    rows = sum(sum(written.values()) for step, written in report["counts"].items() if step != "aliases")
    return {
        "rows": rows,
        "seconds": round(seconds, 1),
        "rows_per_s": round(rows / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
