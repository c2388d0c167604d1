"""The skeleton's figures: sensor to screen, tiles, zone figures."""

from __future__ import annotations

import argparse
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

PARTS = ("latency", "tiles", "zones")


def main() -> None:
    """Measure what is asked for (everything, unless told), print it and keep it in the run directory."""
    parser = argparse.ArgumentParser(prog="scripts/bench skeleton", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar=f"{{{','.join(PARTS)}}}")
    asked = parser.parse_args().parts or list(PARTS)
    kept = Path(os.environ["CHABAKA_RUN_DIR"]) / "bench" / "skeleton.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"machine": "2 cores"}
    for part in asked:
        figures[part] = import_module(f"bench.skeleton.{part}").measure()
        print(json.dumps({part: figures[part]}, indent=2), flush=True)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
