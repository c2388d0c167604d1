"""Who may do what, what leaks, and what bad input does, over the whole platform."""

from __future__ import annotations
