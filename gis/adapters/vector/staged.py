"""Read a layer batch by batch into the rows that the database stages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely

from gis.adapters.vector.columns import Columns
from gis.adapters.vector.layers import Batch, VectorLayer
from gis.adapters.vector.models import staged_columns
from gis.adapters.vector.shapes import Plane, given_shapes, nowhere_at_all
from gis.domain.crs_question import Extent
from gis.domain.mapping import Layer, Source
from gis.domain.placement import PlacementError
from gis.domain.refusals import Refusals
from gis.domain.rows import Reason

LONGEST_CODE = 64
ANY_LENGTH = 1 << 20


@dataclass(slots=True)
class Reading:
    """One layer on its way in: how it is read, and what was found wrong with its rows."""

    layer: VectorLayer
    mapping: Layer
    plane: Plane
    decimal: str = "."
    area: shapely.Geometry | None = None
    errors: Refusals = field(default_factory=Refusals)
    warnings: Refusals = field(default_factory=Refusals)

    def tables(self) -> Iterator[tuple[int, pa.Table]]:
        """Yield the sound rows as they are staged, each table with the number of rows read so far.

        Raises:
            PlacementError: not one of the first rows lands on earth, so this is not their coordinate system.
        """
        read = 0
        for batch in self.layer.batches(sorted(set(self.mapping.fields().values()))):
            read += len(batch.rows)
            yield read, self._staged(self._chosen(batch))
        self.errors += self.layer.refused

    def _chosen(self, batch: Batch) -> Batch:
        """Leave out the rows that `only` does not name."""
        if not self.mapping.only:
            return batch
        columns = self._columns(batch)
        kept = np.ones(len(batch.rows), dtype=bool)
        for name, values in self.mapping.only.items():
            words = columns.text(Source(field=name), longest=ANY_LENGTH)
            kept &= pc.is_in(words, pa.array(values)).to_numpy(zero_copy_only=False)
        return Batch(batch.rows.filter(pa.array(kept)), batch.numbers[kept])

    def _columns(self, batch: Batch) -> Columns:
        return Columns(self.layer.description.name, batch, self.decimal)

    def _staged(self, batch: Batch) -> pa.Table:
        columns = self._columns(batch)
        code = columns.text(self.mapping.code, longest=LONGEST_CODE, needed=Reason.NO_CODE)
        shapes = given_shapes(columns, self.mapping.coordinates)
        if nowhere_at_all(shapes, self.plane):
            raise PlacementError(Reason.OUT_OF_RANGE.value, self.plane.crs)
        staged, places = staged_columns(columns, self.mapping, shapes, self.plane)
        kind = staged.get("kind", pa.repeat("connection point", len(columns)))
        columns.tell(self.errors, kind, code)
        if self.area is not None and self.mapping.model in {"node", "connection_point"}:
            outside = columns.sound & ~shapely.intersects(self.area, places)
            rows = columns.errors(Reason.OUTSIDE_AREA, outside, None, kind, code)
            self.warnings.note(Reason.OUTSIDE_AREA, int(outside.sum()), rows)
        table = pa.table({"row_number": pa.array(batch.numbers), "code": code, **staged})
        return table if columns.sound.all() else table.filter(pa.array(columns.sound))


def as_csv(table: pa.Table) -> bytes:
    """Write a table as COPY reads it: no header, nulls alone unquoted."""
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(
        table, sink, pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    )
    return sink.getvalue().to_pybytes()


def extent_of(layer: VectorLayer, mapping: Layer, decimal: str) -> Extent | None:
    """Return the box around the first rows, in the units of the file; None where there is no place."""
    for batch in layer.batches(sorted(set(mapping.fields().values()))):
        columns = Columns(layer.description.name, batch, decimal)
        box = shapely.total_bounds(given_shapes(columns, mapping.coordinates))
        return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
    return None
