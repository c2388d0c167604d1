"""Internal: one of scripts/lint's checks, under the virtual environment's Python."""

from __future__ import annotations

from ops.translations import main

__all__ = ["main"]
