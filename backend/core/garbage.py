"""Search for unreachable objects less often, in processes that make and drop many small ones for days."""

from __future__ import annotations

import gc


def search_less_often() -> None:
    """Leave what is loaded by now out of every later search, and search far more rarely.

    A batch of 40,000 readings made the collector walk the whole process dozens of times for nothing, since
    what a batch leaves is freed by its count of references: half of an ingester's time went there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
