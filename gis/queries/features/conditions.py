"""From the tree of a CQL2 filter to a condition on rows. Names and types are those of the collection alone.

A comparison with nothing is unknown and keeps no row, negated or not, as in SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from gis.domain import cql2
from gis.domain.crs import Crs, box_corners
from gis.queries.features.collections import Collection

GEOMETRY_NAMES = frozenset({"geometry", "geom"})
LOOKUPS: dict[str, Any] = {
    "=": Exact,
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}
SEGMENTS = 20
"""Of each side of a box that another coordinate system bends."""


class UnusableFilter(ValueError):  # noqa: N818
    """A filter that can be read and makes no sense here: `subject` is the property or part in question."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


class _Matches(Func):
    """`LIKE`, whose escape character is the backslash in CQL2 and PostgreSQL alike."""

    arg_joiner = " LIKE "
    template = "(%(expressions)s)"
    output_field = BooleanField()


class _InCrs(Func):
    """A geometry of another coordinate system in that of the table, its sides bent where need be."""

    template = "ST_Transform(ST_Segmentize(%(expressions)s), 4326)"
    output_field = GeometryField(srid=4326)


class _Flipped(Func):
    """A geometry whose axes change places."""

    function = "ST_FlipCoordinates"
    output_field = GeometryField(srid=4326)


def box_condition(corners: Sequence[float], crs: Crs) -> Q:
    """Keep what a box intersects; west, south, east, north in `crs`."""
    return Q(geom__intersects=_in_table(_box(corners), crs))


def filter_condition(tree: cql2.Node, collection: Collection, crs: Crs) -> Q:
    """Keep what a filter says of `collection`; its geometries are in `crs`, axes in the order of that.

    Raises:
        UnusableFilter: an unknown property, types that do not go together, a geometry that is none.
    """
    return Q(_Condition(collection, crs).of(tree))


class _Condition:
    """One method for each kind of node."""

    def __init__(self, collection: Collection, crs: Crs) -> None:
        self.known = collection.queryables
        self.crs = crs

    def of(self, node: cql2.Node) -> Q:
        match node:
            case cql2.And(parts):
                return Q(*map(self.of, parts))
            case cql2.Or(parts):
                return Q(*map(self.of, parts), _connector=Q.OR)
            case cql2.Not(part):
                return ~Q(self.of(part))
            case cql2.Literal(bool() as value):
                return Q(Value(value, output_field=BooleanField()))
            case cql2.Comparison():
                return self.compared(node)
            case cql2.Between():
                return self.between(node)
            case cql2.In():
                return self.among(node)
            case cql2.Like():
                return self.like(node)
            case cql2.IsNull(value):
                return Q(IsNull(self.scalar(value), True))
            case cql2.Spatial():
                return self.placed(node)
        raise _unusable(node)

    def compared(self, node: cql2.Comparison) -> Q:
        left, right = self.together(node.left, node.right)
        if node.operator == "<>":
            return ~Q(Exact(left, right))
        return Q(LOOKUPS[node.operator](left, right))

    def between(self, node: cql2.Between) -> Q:
        value, low, high = self.together(node.value, node.low, node.high)
        return Q(GreaterThanOrEqual(value, low), LessThanOrEqual(value, high))

    def among(self, node: cql2.In) -> Q:
        value, *options = self.together(node.value, *node.options)
        return Q(*(Exact(value, option) for option in options), _connector=Q.OR)

    def like(self, node: cql2.Like) -> Q:
        pattern = node.pattern.part if isinstance(node.pattern, cql2.Folded) else node.pattern
        text = pattern.value if isinstance(pattern, cql2.Literal) else None
        if not isinstance(text, str) or self.type_of(node.value) != "string" or _ends_in_escape(text):
            raise _unusable(node.value)
        return Q(_Matches(self.scalar(node.value), self.scalar(node.pattern)))

    def placed(self, node: cql2.Spatial) -> Q:
        left, right = node.left, node.right
        if not _is_geometry(left) and _is_geometry(right):
            left, right = right, left
            flipped = {"within": "contains", "contains": "within"}.get(node.operator, node.operator)
            node = cql2.Spatial(flipped, left, right)
        if not _is_geometry(left):
            raise _unusable(left)
        return Q(**{f"geom__{node.operator}": self.geometry(right)})

    def together(self, *nodes: cql2.Node) -> list[Any]:
        """Return the operands of a comparison, which must be of one type."""
        types = {self.type_of(node) for node in nodes}
        if len(types) > 1:
            raise _unusable(nodes[0])
        return [self.scalar(node) for node in nodes]

    def type_of(self, node: cql2.Node) -> str:
        if isinstance(node, cql2.Property):
            return "number" if (named := self.named(node)) == "integer" else named
        if isinstance(node, cql2.Folded):
            if (inner := self.type_of(node.part)) != "string":
                raise _unusable(node)
            return inner
        if not isinstance(node, cql2.Literal):
            raise _unusable(node)
        kinds = ((bool, "boolean"), (int | float, "number"), (datetime | date, "date-time"), (str, "string"))
        return next(name for kind, name in kinds if isinstance(node.value, kind))

    def named(self, node: cql2.Property) -> str:
        if node.name not in self.known:
            raise UnusableFilter(node.name)
        return self.known[node.name].type

    def scalar(self, node: cql2.Node) -> Any:
        if isinstance(node, cql2.Property):
            self.named(node)
            return F(self.known[node.name].source)
        if isinstance(node, cql2.Folded):
            return Lower(self.scalar(node.part))
        if not isinstance(node, cql2.Literal):
            raise _unusable(node)
        return Value(node.value)

    def geometry(self, node: cql2.Node) -> Any:
        if isinstance(node, cql2.Box):
            try:
                return _in_table(_box(box_corners(node.numbers, self.crs)), self.crs)
            except ValueError:
                raise UnusableFilter("BBOX") from None
        if not isinstance(node, cql2.Wkt):
            raise _unusable(node)
        try:
            shape = GEOSGeometry(node.text)
        except (GEOSException, GDALException, ValueError):
            raise UnusableFilter(node.text[:40]) from None
        placed = _in_table(shape, self.crs)
        return (
            _Flipped(Value(placed, output_field=GeometryField(srid=self.crs.srid)))
            if self.crs.northing_first
            else placed
        )


def _is_geometry(node: cql2.Node) -> bool:
    return isinstance(node, cql2.Property) and node.name in GEOMETRY_NAMES


def _unusable(node: cql2.Node) -> UnusableFilter:
    """Name the part of a filter that has no place there."""
    named = getattr(node, "name", None) or getattr(node, "value", None)
    return UnusableFilter(str(type(node).__name__ if named is None else named)[:80])


def _ends_in_escape(pattern: str) -> bool:
    """Whether the last character escapes nothing."""
    return (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1


def _box(corners: Sequence[float]) -> GEOSGeometry:
    west, south, east, north = corners
    if west <= east:
        return Polygon.from_bbox((west, south, east, north))
    halves = ((west, south, 180.0, north), (-180.0, south, east, north))
    return MultiPolygon([Polygon.from_bbox(half) for half in halves])


def _in_table(shape: GEOSGeometry, crs: Crs) -> Any:
    shape.srid = crs.srid
    if crs.is_geographic:
        return shape
    west, south, east, north = shape.extent
    longest = max(east - west, north - south) / SEGMENTS
    return _InCrs(Value(shape, output_field=GeometryField(srid=crs.srid)), Value(longest or 1.0))
