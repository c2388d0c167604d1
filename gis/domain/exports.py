"""What a network looks like in a file of ours: its layers, their columns and the types of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "real", "boolean", "instant", "json"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its name, the geometry it holds, and its columns in order."""

    name: str
    geometry: str
    columns: Mapping[str, ColumnType]


NODES = Layer(
    "nodes",
    "Point",
    {
        "code": "text",
        "kind": "text",
        "elevation_m": "real",
        "is_source": "boolean",
        "attributes": "json",
        "synthetic": "boolean",
    },
)
LINKS = Layer(
    "links",
    "LineString",
    {
        "code": "text",
        "kind": "text",
        "start_kind": "text",
        "start_code": "text",
        "end_kind": "text",
        "end_code": "text",
        "length_m": "real",
        "diameter_mm": "real",
        "state": "text",
        "operable": "boolean",
        "attributes": "json",
        "synthetic": "boolean",
    },
)
CONNECTION_POINTS = Layer(
    "connection_points",
    "Point",
    {
        "code": "text",
        "node_kind": "text",
        "node_code": "text",
        "link_kind": "text",
        "link_code": "text",
        "category": "text",
        "critical_kind": "text",
        "address": "text",
        "old_references": "json",
        "attributes": "json",
        "synthetic": "boolean",
    },
)
ZONES = Layer(
    "zones",
    "MultiPolygon",
    {
        "code": "text",
        "kind": "text",
        "utility": "text",
        "parent_code": "text",
        "name_fr": "text",
        "name_ar": "text",
        "valid_from": "instant",
        "valid_until": "instant",
        "synthetic": "boolean",
    },
)
LAYERS: Mapping[str, Layer] = {layer.name: layer for layer in (NODES, LINKS, CONNECTION_POINTS, ZONES)}
