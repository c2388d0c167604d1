"""The pages of telemetry: how devices are read, and what could not be."""

from __future__ import annotations

READERS = ("analyst", "dispatcher", "supervisor", "administrator")
"""Who may look; each page says who may change."""

EDITORS = ("supervisor", "administrator")
