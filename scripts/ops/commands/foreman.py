"""Internal: the Procfile's processes, under the virtual environment's Python."""

from __future__ import annotations

from ops.foreman import main

__all__ = ["main"]
