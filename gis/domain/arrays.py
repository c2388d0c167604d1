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


def union(one: Ints, other: Ints) -> Ints:
    """Join two sorted sets of positions: by merging, which a million need."""
    if not len(one) or not len(other):
        return one if len(one) else other
    joined = np.sort(np.concatenate([one, other]), kind="stable")
    return joined[np.concatenate([[True], joined[1:] != joined[:-1]])]


def among(values: Ints, those: Ints) -> Bools:
    """Say which values are among a sorted set, few among many."""
    if not len(those):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(those, values), len(those) - 1)
    return those[at] == values
