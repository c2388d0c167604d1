"""Write layers as one GeoJSON feature collection (RFC 7946), a feature a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

import orjson

from gis.domain.exports import Layer

TELL_EVERY = 20_000


class FeatureCollection:
    """A collection that is written as it goes; each feature says its layer."""

    def __init__(self, file: BinaryIO, about: Mapping[str, str]) -> None:
        self.file = file
        self.about = about
        self.first = True

    def __enter__(self) -> FeatureCollection:
        head = orjson.dumps({"type": "FeatureCollection", **self.about})
        self.file.write(head[:-1] + b',"features":[')
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.write(b"\n]}\n")

    def write(self, layer: Layer, rows: Iterable[tuple[Any, ...]], *, progress: Callable[[int], None]) -> int:
        """Add rows: the geometry as GeoJSON text in WGS 84, then the layer's columns. Return how many."""
        written = 0
        for geometry, *values in rows:
            self.file.write(b"\n" if self.first else b",\n")
            self.file.write(_feature(layer, geometry, values))
            self.first = False
            written += 1
            if written % TELL_EVERY == 0:
                progress(written)
        progress(written)
        return written


def _feature(layer: Layer, geometry: str, values: Iterable[Any]) -> bytes:
    said = {
        name: orjson.Fragment(value) if kind == "json" and value is not None else value
        for (name, kind), value in zip(layer.columns.items(), values, strict=True)
    }
    return orjson.dumps(
        {
            "type": "Feature",
            "geometry": orjson.Fragment(geometry),
            "properties": {"layer": layer.name, **said},
        }
    )
