"""Series as tables: CSV for spreadsheets, Arrow for analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from telemetry.queries.series import Series

COLUMNS = ("sensor", "at", "value", "min", "max", "first", "last", "count", "quality", "coverage")


def table_rows(found: Sequence[Series]) -> Iterator[dict[str, object]]:
    """Yield one row for each point, under `COLUMNS`; times in RFC 3339, UTC."""
    for one in found:
        for at, *rest in one.points:
            values = (one.sensor.code, at.isoformat().replace("+00:00", "Z"), *rest)
            yield dict(zip(COLUMNS, values, strict=True))


def arrow_stream(found: Sequence[Series]) -> bytes:
    """Return an Arrow IPC stream of one record batch a series; units stand in the schema's metadata."""
    import pyarrow as pa  # 50 MB that only who asks for Arrow pays

    number = pa.float64()
    types = (pa.timestamp("us", "UTC"), *(number,) * 5, pa.int64(), pa.int16(), number)
    fields = [("sensor", pa.dictionary(pa.int32(), pa.string())), *zip(COLUMNS[1:], types, strict=True)]
    schema = pa.schema(fields, metadata={one.sensor.code: one.sensor.unit for one in found})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        dictionary = pa.array([one.sensor.code for one in found], pa.string())
        for place, one in enumerate(found):
            columns = zip(*one.points, strict=True) if one.points else ((),) * len(types)
            arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
            indices = pa.array([place] * len(one.points), pa.int32())
            codes = pa.DictionaryArray.from_arrays(indices, dictionary)
            writer.write_batch(pa.record_batch([codes, *arrays], schema=schema))
    return bytes(sink.getvalue())


class ArrowRenderer(BaseRenderer):
    """Hands on the bytes of a stream that the view made; what went wrong stays JSON."""

    media_type = "application/vnd.apache.arrow.stream"
    format = "arrow"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return data if isinstance(data, bytes) else orjson.dumps(data, default=str)
