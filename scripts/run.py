"""Entry of every script in this folder: `python3 scripts/run.py COMMAND …` (standard library only)."""

from __future__ import annotations

import sys

from ops.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
