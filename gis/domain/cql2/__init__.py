"""CQL2 text (OGC 21-065r2): from the words of a filter to a tree, without a database in sight."""

from __future__ import annotations

from gis.domain.cql2.nodes import (
    And,
    Between,
    Box,
    Comparison,
    Folded,
    In,
    IsNull,
    Like,
    Literal,
    Node,
    Not,
    Or,
    Property,
    Spatial,
    Wkt,
)
from gis.domain.cql2.parser import parse
from gis.domain.cql2.tokens import MalformedFilter

__all__ = [
    "And",
    "Between",
    "Box",
    "Comparison",
    "Folded",
    "In",
    "IsNull",
    "Like",
    "Literal",
    "MalformedFilter",
    "Node",
    "Not",
    "Or",
    "Property",
    "Spatial",
    "Wkt",
    "parse",
]
