"""What people type into pages."""

from __future__ import annotations
