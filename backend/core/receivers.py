"""One line for each signal."""

from __future__ import annotations
