"""Small array helpers that the graph's modules share."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[Any]
Bools: TypeAlias = NDArray[np.bool_]


def group(labels: Ints, count: int) -> tuple[Ints, Ints]:
    """Group positions by label: members of label i are `order[indptr[i]:indptr[i + 1]]`."""
    indptr = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(labels, minlength=count), out=indptr[1:])
    return indptr, np.argsort(labels, kind="stable").astype(np.int32)


def spans(starts: Ints, stops: Ints) -> Ints:
    """Concatenate the ranges `starts[i]` to `stops[i]`."""
    counts = stops - starts
    begin = np.cumsum(counts) - counts
    return np.repeat(starts - begin, counts) + np.arange(counts.sum())
