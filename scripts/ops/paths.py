"""Where things stand in a checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BOOTSTRAP = ROOT / ".bootstrap"
STAMPS = VENV / "stamps"
FRONTEND = ROOT / "webmap" / "frontend"
FRONTEND_OUTPUT = ROOT / "webmap" / "static" / "webmap"
PROCFILE = ROOT / "Procfile"
