"""Where things stand in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BOOTSTRAP = ROOT / ".bootstrap"
STAMPS = VENV / "stamps"
FRONTEND = ROOT / "webmap" / "frontend"
FRONTEND_OUTPUT = ROOT / "webmap" / "static" / "webmap"
PROCFILE = ROOT / "Procfile"


def search_path() -> str:
    """Return where programs are looked for: servers stand in folders that only root has on its PATH."""
    return os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
