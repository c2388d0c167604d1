"""Read a network layer by layer, as its files hold it: in the order of the rows, without loading them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import AsWKB, Transform
from django.contrib.gis.geos import Polygon
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from backend.core import clock
from backend.core.models import User
from gis.domain.exports import LAYERS, Layer
from gis.domain.rows import LinkRow, NodeRow
from gis.models import ConnectionPoint, ConnectionPointAlias, Link, Network, Node, Zone
from gis.models.scoping import within_jurisdiction
from gis.queries.networks import network_extents

ROWS_AT_ONCE = 20_000
MOST_AT_ONCE = 200_000
"""Elements of a network above which its file is written by the worker and not while somebody waits."""
STORED_SRID = 4326
REFERENCES = Func(
    ArraySubquery(
        ConnectionPointAlias.objects.filter(connection_point=OuterRef("pk"))
        .order_by("reference")
        .values("reference")
    ),
    function="to_json",
    output_field=JSONField(),
)
COLUMNS: dict[str, dict[str, Any]] = {
    "nodes": {},
    "links": {
        "start_kind": "start_node__kind",
        "start_code": "start_node__code",
        "end_kind": "end_node__kind",
        "end_code": "end_node__code",
    },
    "connection_points": {
        "node_kind": "node__kind",
        "node_code": "node__code",
        "link_kind": "link__kind",
        "link_code": "link__code",
        "old_references": REFERENCES,
    },
    "zones": {
        "parent_code": "parent__code",
        "valid_from": "valid__startswith",
        "valid_until": "valid__endswith",
    },
}
"""Where a column of a file is not one of the table's of the same name."""
LINK_FIELDS = (
    *("code", "kind", "line", "length_m", "diameter_mm", "state", "operable", "attributes"),
    *("start_node__kind", "start_node__code", "end_node__kind", "end_node__code"),
)


@dataclass(frozen=True, slots=True)
class LayerRows:
    """The rows of one layer that someone may see."""

    layer: Layer
    found: QuerySet[Any]

    def count(self) -> int:
        return self.found.count()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self.found.iterator(chunk_size=ROWS_AT_ONCE)


def layer_rows(network: Network, name: str, *, seen_by: User | None, geometry: Any) -> LayerRows:
    """Return the rows of a layer: `geometry` (an expression over `geom`) first, then the layer's columns.

    Without `seen_by` all rows: for the terminal.
    """
    layer = LAYERS[name]
    rows = _rows(network, name)
    if seen_by is not None and name != "zones":
        rows = rows.filter(within_jurisdiction(seen_by))
    named = COLUMNS[name]
    columns = [
        Cast(named.get(column, column), TextField()) if kind == "json" else _column(named.get(column, column))
        for column, kind in layer.columns.items()
    ]
    return LayerRows(layer, rows.order_by("pk").values_list(geometry, *columns))


def elements_of(network: Network) -> int:
    """Count the nodes, links and connection points of a network."""
    return sum(model.objects.filter(network=network).count() for model in (Node, Link, ConnectionPoint))


def _column(named: Any) -> Any:
    return F(named) if isinstance(named, str) else named


def wkb(srid: int) -> Any:
    """Return the geometry as well-known binary in a coordinate system."""
    return AsWKB("geom" if srid == STORED_SRID else Transform("geom", srid))


def node_rows(network: Network, srid: int) -> tuple[NodeRow, ...]:
    """Return all nodes of a network, placed in a coordinate system."""
    nodes = Node.objects.filter(network=network).order_by("pk").defer("geom_3857")
    return tuple(
        NodeRow(node.code, node.kind, node.place.coords, node.elevation_m, node.is_source, node.attributes)
        for node in nodes.annotate(place=Transform("geom", srid)).iterator(chunk_size=ROWS_AT_ONCE)
    )


def link_rows(network: Network, srid: int) -> tuple[LinkRow, ...]:
    """Return all links of a network, placed in a coordinate system."""
    links = Link.objects.filter(network=network).order_by("pk").annotate(line=Transform("geom", srid))
    placed = links.values_list(*LINK_FIELDS, named=True).iterator(chunk_size=ROWS_AT_ONCE)
    return tuple(
        LinkRow(
            row.code,
            row.kind,
            (row.start_node__kind, row.start_node__code),
            (row.end_node__kind, row.end_node__code),
            row.line.coords,
            row.length_m,
            row.diameter_mm,
            row.state,
            row.operable,
            row.attributes,
        )
        for row in placed
    )


def _rows(network: Network, name: str) -> QuerySet[Any]:
    if name == "zones":
        return _zones_around(network)
    model = {"nodes": Node, "links": Link, "connection_points": ConnectionPoint}[name]
    return model.objects.filter(network=network)


def _zones_around(network: Network) -> QuerySet[Zone]:
    """Find the zones in force where the network lies, for its utility or for all."""
    box = network_extents().get(network.pk)
    if box is None:
        return Zone.objects.none()
    around = Zone.objects.valid_at(clock.now()).filter(geom__intersects=Polygon.from_bbox(box))
    return around.filter(utility=network.utility) | around.filter(utility=None)
