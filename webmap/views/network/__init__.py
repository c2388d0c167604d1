"""The networks' own pages: what comes in, what is wrong, how it is cut up, what the field corrects."""

from __future__ import annotations

READERS = ("analyst", "dispatcher", "supervisor", "administrator")
"""Who may look; each page says who may change."""

EDITORS = ("supervisor", "administrator")
