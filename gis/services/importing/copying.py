"""Copy a layer to its stage while the file is being read on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from typing import TypeVar

from gis.adapters.vector.staged import Reading, as_csv
from gis.services.importing.reports import Progress
from gis.services.staging import Stage, copy_csv

T = TypeVar("T")


def copy_layer(stage: Stage, reading: Reading, progress: Progress) -> None:
    """Copy the sound rows of a layer to its stage.

    Raises:
        PlacementError: the first rows lie nowhere on earth.
    """
    total = reading.layer.description.rows
    batches = _ahead((read, table.column_names, as_csv(table)) for read, table in reading.tables())
    with closing(batches):
        first = next(batches, None)
        if first is None:
            return

        def blocks() -> Iterator[bytes]:
            for read, _, block in chain([first], batches):
                yield block
                progress("read", read, max(total, read))

        copy_csv(stage, first[1], blocks())


def _ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Make the next item in a thread while this one is used: reading and COPY go side by side."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item
