"""Write layers to a GeoPackage, batch by batch: what is in memory does not grow with the network.

Arrow and GDAL's reader (and pandas with it) are read with the first: half a second and 60 MB that only the
process that writes one should pay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from gis.domain.exports import ColumnType, Layer

ROWS_AT_ONCE = 20_000
GEOMETRY = "geom"


def write_layer(
    path: Path,
    layer: Layer,
    rows: Iterable[tuple[Any, ...]],
    *,
    crs: str,
    about: Mapping[str, str],
    progress: Callable[[int], None],
) -> int:
    """Add a layer to the GeoPackage at `path`, made if need be; return how many rows it got.

    Each row is its geometry (WKB in `crs`, x first) and then the layer's columns. `progress` is told how many
    rows are written so far.
    """
    import pyarrow as pa
    import pyogrio

    types: Mapping[ColumnType, pa.DataType] = {
        "text": pa.string(),
        "real": pa.float64(),
        "boolean": pa.bool_(),
        "instant": pa.timestamp("ms", tz="UTC"),
        "json": pa.string(),
    }
    schema = pa.schema(
        [(GEOMETRY, pa.binary()), *((name, types[kind]) for name, kind in layer.columns.items())]
    )
    written = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal written
        remaining = iter(rows)
        while batch := list(islice(remaining, ROWS_AT_ONCE)):
            columns = zip(*batch, strict=True)
            yield pa.record_batch(
                [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
                schema=schema,
            )
            written += len(batch)
            progress(written)

    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches()),
        path,
        layer=layer.name,
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type=layer.geometry,
        crs=crs,
        append=path.exists(),
        dataset_metadata=dict(about),
    )
    return written
