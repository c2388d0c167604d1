"""The layers of a vector file: what each says of itself, and its rows as Arrow batches."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyogrio
from django.utils.translation import gettext

from gis.domain.rows import Reason, RowError, UnreadableNetworkError
from gis.domain.sentences import gettext_noop

BATCH_ROWS = 65_536
BLOCK_BYTES = 8 << 20
GEOMETRY = "__geometry__"
"""The column of a batch that holds the geometry as WKB, where the file has geometries."""


@dataclass(frozen=True, slots=True)
class LayerDescription:
    """A layer as the file describes it; `rows` may be an estimate, `crs` is None where it names none."""

    name: str
    geometry: str | None
    crs: str | None
    rows: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a layer, and the number of each in the file, from 1."""

    rows: pa.RecordBatch
    numbers: np.ndarray[Any, Any]


class VectorLayer(Protocol):
    """What the importer reads. `refused` holds the rows that could not even be handed over."""

    description: LayerDescription
    refused: list[RowError]

    def batches(self, fields: Sequence[str]) -> Iterator[Batch]:
        """Yield all rows with these fields, and their geometry in `GEOMETRY` if the file has geometries."""
        ...


class GdalLayer:
    """A layer that GDAL reads."""

    def __init__(self, path: Path, name: str, driver: str, encoding: str | None) -> None:
        self.path, self.encoding = path, encoding
        self.refused: list[RowError] = []
        info = pyogrio.read_info(path, layer=name, encoding=encoding)
        if info["driver"] != driver:
            raise UnreadableNetworkError(
                gettext_noop("%(found)s in what looks like %(expected)s"),
                found=info["driver"],
                expected=driver,
            )
        types = dict(zip(info["fields"].tolist(), map(str, info["dtypes"]), strict=True))
        self.description = LayerDescription(
            name, info["geometry_type"], info["crs"], max(info["features"], 0), types
        )

    def batches(self, fields: Sequence[str]) -> Iterator[Batch]:
        """Yield all rows. A broken file fails on the way with pyogrio's or Arrow's own errors."""
        before = 0
        with pyogrio.raw.open_arrow(
            self.path,
            layer=self.description.name,
            columns=list(fields),
            encoding=self.encoding,
            batch_size=BATCH_ROWS,
            use_pyarrow=True,
        ) as (meta, reader):
            geometry = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                names = [GEOMETRY if name == geometry else name for name in batch.schema.names]
                yield Batch(batch.rename_columns(names), np.arange(before + 1, before + 1 + len(batch)))
                before += len(batch)


@dataclass(slots=True)
class CsvTable:
    """A table in CSV: every value as text, the delimiter the one its header uses unless told."""

    path: Path
    encoding: str = "utf-8"
    delimiter: str | None = None
    refused: list[RowError] = field(default_factory=list)
    description: LayerDescription = field(init=False)

    def __post_init__(self) -> None:
        try:
            codecs.lookup(self.encoding)
            with self.path.open(encoding=self.encoding, newline="") as file:
                header = file.readline(1 << 16).removeprefix("\ufeff")
        except (LookupError, UnicodeError) as error:
            text = gettext_noop("it is not in the encoding %(encoding)s: the mapping can name another")
            raise UnreadableNetworkError(text, encoding=self.encoding) from error
        self.delimiter = self.delimiter or max(",;\t|", key=header.count)
        fields = next(csv.reader([header], delimiter=self.delimiter), [])
        if len(set(fields)) < len(fields) or not any(fields):
            raise UnreadableNetworkError(gettext_noop("the first line names no columns, or two alike"))
        with self.path.open("rb") as binary:
            rows = sum(block.count(b"\n") for block in iter(lambda: binary.read(BLOCK_BYTES), b""))
        self.description = LayerDescription(self.path.stem, None, None, rows, dict.fromkeys(fields, "text"))

    def batches(self, fields: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows that have as many columns as the header and no line break inside a value."""
        skipped: list[int] = []
        before = 0
        for batch in self._reader(skipped):
            places = np.array(skipped, dtype=np.int64) - np.arange(len(skipped))
            kept = np.arange(before + 1, before + 1 + len(batch))
            numbers = kept + np.searchsorted(places, kept, side="right")
            before += len(batch)
            broken = _has_line_break(batch)
            self._refuse(numbers[broken], gettext("a line break inside quotes"))
            yield Batch(batch.filter(pa.array(~broken)).select(list(fields)), numbers[~broken])
        self._refuse(skipped, "")

    def _reader(self, skipped: list[int]) -> pyarrow.csv.CSVStreamingReader:
        def skip(row: pyarrow.csv.InvalidRow) -> str:
            skipped.append(row.number - 1)
            return "skip"

        names = list(self.description.fields)
        return pyarrow.csv.open_csv(
            self.path,
            pyarrow.csv.ReadOptions(
                encoding=self.encoding,
                block_size=BLOCK_BYTES,
                use_threads=False,
                column_names=names,
                skip_rows=1,
            ),
            pyarrow.csv.ParseOptions(delimiter=self.delimiter, invalid_row_handler=skip),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )

    def _refuse(self, numbers: Sequence[int] | np.ndarray[Any, Any], detail: str) -> None:
        name = self.description.name
        self.refused += [RowError(f"{name} {number}", Reason.WRONG_COLUMNS, detail) for number in numbers]


def _has_line_break(batch: pa.RecordBatch) -> np.ndarray[Any, Any]:
    """Find the rows in which a quote was perhaps never closed, and swallowed what follows."""
    broken = np.zeros(len(batch), dtype=bool)
    for column in batch.columns:
        broken |= pc.match_substring(column, "\n").to_numpy(zero_copy_only=False)
    return broken
