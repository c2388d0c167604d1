"""The network's figures at a million connection points: from import to tiles, traces and checks."""

from __future__ import annotations

import argparse
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from bench.gis.database import district_database

PARTS = ("imports", "tiles", "ogc", "traces", "zones", "search", "quality")


def main() -> None:
    """Measure what is asked for (everything, unless told), print it and keep it in the run directory.

    Each part is a module with `measure() -> dict`, whose figures say what they are measured against. It finds
    the district in DATABASE_URL and leaves it as it was; one that writes works on a copy
    (`bench.gis.database`).
    """
    parser = argparse.ArgumentParser(prog="scripts/bench gis", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar=f"{{{','.join(PARTS)}}}")
    parser.add_argument("--database", help="one that holds the district already; else it is made, once")
    asked = parser.parse_args()
    os.environ["DATABASE_URL"] = asked.database or district_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
    django.setup()
    kept = Path(os.environ["CHABAKA_RUN_DIR"]) / "bench" / "gis.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"machine": "2 cores"}
    for part in asked.parts or PARTS:
        figures[part] = import_module(f"bench.gis.{part}").measure()
        print(json.dumps({part: figures[part]}, indent=2), flush=True)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
