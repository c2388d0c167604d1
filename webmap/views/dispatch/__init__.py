"""The dispatcher's desk."""

from __future__ import annotations

DESK = ("dispatcher", "supervisor", "administrator")
