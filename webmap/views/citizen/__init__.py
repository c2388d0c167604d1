"""What everybody sees: the home page, a report, its way."""

from __future__ import annotations
