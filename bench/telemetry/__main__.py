"""Telemetry's figures: ingest, storage, polling and the way to the screen, each beside what bounds it."""

from __future__ import annotations

import argparse
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

PARTS = (
    *("mqtt", "copy", "share", "latency", "streams", "rollup", "chart", "memory", "modbus"),
    *("click", "browser", "devices"),
)


def main() -> None:
    """Measure what is asked for (everything, unless told), print it and keep it in the run directory."""
    parser = argparse.ArgumentParser(prog="scripts/bench telemetry", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar=f"{{{','.join(PARTS)}}}")
    asked = parser.parse_args().parts or list(PARTS)
    kept = Path(os.environ["CHABAKA_RUN_DIR"]) / "bench" / "telemetry.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"machine": "2 cores"}
    for part in asked:
        load = round(os.getloadavg()[0], 1)
        figures[part] = import_module(f"bench.telemetry.{part}").measure() | {"load_before": load}
        print(json.dumps({part: figures[part]}, indent=2), flush=True)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
