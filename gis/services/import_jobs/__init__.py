"""The life of a file brought to be imported: received in pieces, checked, then written or set aside."""

from __future__ import annotations

from gis.services.import_jobs.receiving import MOST_BYTES, PIECE_BYTES, SUFFIXES, receive, start
from gis.services.import_jobs.running import progress_of, run
from gis.services.import_jobs.steps import check, confirm, discard, sweep

__all__ = [
    "MOST_BYTES",
    "PIECE_BYTES",
    "SUFFIXES",
    "check",
    "confirm",
    "discard",
    "progress_of",
    "receive",
    "run",
    "start",
    "sweep",
]
