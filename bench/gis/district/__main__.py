"""Load the generated district into DATABASE_URL, or write it as files to import."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from bench.gis.district import generate
from bench.gis.district.files import write
from bench.gis.district.loading import load


def main() -> None:
    """`python -m bench.gis.district load | files FOLDER`, of 50 x 40 sectors unless told."""
    parser = argparse.ArgumentParser(prog="python -m bench.gis.district", description=__doc__)
    parser.add_argument("--columns", type=int, default=50)
    parser.add_argument("--rows", type=int, default=40)
    actions = parser.add_subparsers(dest="action", required=True)
    loading = actions.add_parser("load", help="COPY into the migrated database of DATABASE_URL")
    loading.add_argument("--network", default="million", help="code of the network to make")
    files = actions.add_parser("files", help="write network.gpkg and customers.csv")
    files.add_argument("folder", type=Path)
    asked = parser.parse_args()
    district = generate(columns=asked.columns, rows=asked.rows)
    if asked.action == "files":
        print("\n".join(str(path) for path in write(district, asked.folder)))
    else:
        print(json.dumps(load(os.environ["DATABASE_URL"], district, code=asked.network)))


if __name__ == "__main__":
    main()
