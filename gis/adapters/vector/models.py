"""What each model takes from a batch: columns named as in the staging tables.

Geometries are hexadecimal EWKB, attributes JSON, lengths metres, diameters millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.adapters.vector.columns import Columns
from gis.adapters.vector.shapes import (
    Geometries,
    Plane,
    Shape,
    heights,
    hex_shapes,
    lengths_m,
    placed_shapes,
    single_shapes,
)
from gis.domain.mapping import METRES, ConnectionPointLayer, Layer, LinkLayer, NodeLayer, Source, ZoneLayer
from gis.domain.rows import BARRIERS, CONDUITS, ELECTRICAL, LinkKind, LinkState, NodeKind, Reason

Staged = dict[str, pa.Array]
CODE, ADDRESS, NAME, WORD = 64, 200, 120, 20
SOURCES = [NodeKind.RESERVOIR.value, NodeKind.TANK.value, NodeKind.SUBSTATION.value]
NODE_KINDS, LINK_KINDS = [kind.value for kind in NodeKind], [kind.value for kind in LinkKind]
DEVICE_KINDS = [kind.value for kind in LinkKind if kind not in CONDUITS]
ZONE_KINDS = ["commune", "district", "dma", "feeder", "transformer"]
UTILITIES = ["water", "electricity", "sewerage"]
SLUG = r"^[-a-zA-Z0-9_]{1,40}$"
NO = pa.scalar(False)


def staged_columns(
    columns: Columns, layer: Layer, shapes: Geometries, plane: Plane
) -> tuple[Staged, Geometries]:
    """Return what `layer` stages of a batch but the code, and its shapes in EPSG:4326."""
    staged, places = _modelled(columns, layer, shapes, plane)
    return {**staged, "synthetic": columns.truth(layer.synthetic, pa.repeat(NO, len(columns)))}, places


def _modelled(columns: Columns, layer: Layer, shapes: Geometries, plane: Plane) -> tuple[Staged, Geometries]:
    match layer:
        case NodeLayer():
            return _nodes(columns, layer, shapes, plane)
        case LinkLayer(on=None):
            return _links(columns, layer, shapes, plane)
        case LinkLayer():
            return _devices(columns, layer, shapes, plane)
        case ConnectionPointLayer():
            return _points(columns, layer, shapes, plane)
        case ZoneLayer():
            return _zones(columns, layer, shapes, plane)


def _nodes(columns: Columns, layer: NodeLayer, shapes: Geometries, plane: Plane) -> tuple[Staged, Geometries]:
    kind = _kind(columns, layer.kind, NODE_KINDS)
    elevation = heights(columns, shapes, layer.elevation_m)
    places = _placed(columns, shapes, "point", plane)
    return {
        "kind": kind,
        "geom": hex_shapes(places),
        "elevation_m": elevation,
        "is_source": columns.truth(layer.is_source, pc.is_in(kind, pa.array(SOURCES))),
        "attributes": columns.json(layer.attributes),
    }, places


def _links(columns: Columns, layer: LinkLayer, shapes: Geometries, plane: Plane) -> tuple[Staged, Geometries]:
    kind = _kind(columns, layer.kind, LINK_KINDS)
    places = _placed(columns, shapes, "line", plane)
    drawn = lengths_m(places)
    declared = columns.number(layer.length_m, metres=1.0, negative=False)
    claims_none = pc.fill_null(pc.and_(_is_in(kind, CONDUITS), pc.equal(declared, 0.0)), False)
    columns.refuse((drawn == 0) | claims_none.to_numpy(zero_copy_only=False), Reason.ZERO_LENGTH)
    ends = {}
    for end in ("start", "end"):
        source, of_kind = getattr(layer, end), getattr(layer, f"{end}_kind")
        needed = Reason.DANGLING if source else None
        ends[f"{end}_kind"] = columns.text(
            of_kind, longest=WORD, among=NODE_KINDS, unknown=Reason.UNKNOWN_KIND
        )
        ends[f"{end}_code"] = columns.text(source, longest=CODE, needed=needed)
    return {
        "kind": kind,
        **ends,
        "geom": hex_shapes(places),
        "length_m": pc.coalesce(declared, pa.array(drawn)),
        "diameter_mm": columns.number(layer.diameter_mm, metres=METRES["mm"], negative=False),
        **_worked(columns, layer, kind),
        "attributes": columns.json(layer.attributes),
    }, places


def _devices(
    columns: Columns, layer: LinkLayer, shapes: Geometries, plane: Plane
) -> tuple[Staged, Geometries]:
    assert layer.on is not None
    kind = _kind(columns, layer.kind, DEVICE_KINDS)
    places = _placed(columns, shapes, "point", plane)
    return {
        "kind": kind,
        "geom": hex_shapes(places),
        "host_code": columns.text(layer.on.link, longest=CODE),
        "reversed": columns.truth(layer.on.reversed, pa.repeat(NO, len(columns))),
        "diameter_mm": columns.number(layer.diameter_mm, metres=METRES["mm"], negative=False),
        **_worked(columns, layer, kind),
        "attributes": columns.json(layer.attributes),
    }, places


def _worked(columns: Columns, layer: LinkLayer, kind: pa.Array) -> Staged:
    """Return the states of links and whether people can change them; what says nothing is as usual."""
    normal = pc.if_else(_is_in(kind, ELECTRICAL), LinkState.CLOSED.value, LinkState.OPEN.value)
    states = [state.value for state in LinkState]
    state = columns.text(layer.state, longest=WORD, among=states, unknown=Reason.UNKNOWN_STATE)
    return {
        "state": pc.coalesce(state, normal),
        "operable": columns.truth(layer.operable, _is_in(kind, BARRIERS)),
    }


def _points(
    columns: Columns, layer: ConnectionPointLayer, shapes: Geometries, plane: Plane
) -> tuple[Staged, Geometries]:
    places = _placed(columns, shapes, "point", plane)
    return {
        "node_kind": columns.text(
            layer.node_kind, longest=WORD, among=NODE_KINDS, unknown=Reason.UNKNOWN_KIND
        ),
        "node_code": columns.text(layer.node, longest=CODE),
        "link_kind": columns.text(
            layer.link_kind, longest=WORD, among=LINK_KINDS, unknown=Reason.UNKNOWN_KIND
        ),
        "link_code": columns.text(layer.link, longest=CODE),
        "geom": hex_shapes(places),
        "category": pc.fill_null(columns.text(layer.category, longest=WORD), "residential"),
        "critical_kind": pc.fill_null(columns.text(layer.critical_kind, longest=WORD), ""),
        "address": pc.fill_null(columns.text(layer.address, longest=ADDRESS), ""),
        "attributes": columns.json(layer.attributes),
        "old_references": _references(columns, layer.references),
    }, places


def _zones(columns: Columns, layer: ZoneLayer, shapes: Geometries, plane: Plane) -> tuple[Staged, Geometries]:
    code = columns.text(layer.code, longest=CODE)
    columns.refuse(
        ~pc.fill_null(pc.match_substring_regex(code, SLUG), True).to_numpy(zero_copy_only=False),
        Reason.UNKNOWN_VALUE,
        code,
    )
    places = _placed(columns, shapes, "area", plane)
    columns.refuse(
        ~shapely.is_valid(places) & columns.sound,
        Reason.INVALID_AREA,
        pa.array(shapely.is_valid_reason(places).tolist(), pa.string()),
    )
    name_fr = pc.coalesce(columns.text(layer.name_fr, longest=NAME), code)
    return {
        "kind": _kind(columns, layer.kind, ZONE_KINDS),
        "name_fr": name_fr,
        "name_ar": pc.coalesce(columns.text(layer.name_ar, longest=NAME), name_fr),
        "parent": columns.text(layer.parent, longest=CODE),
        "utility": columns.text(layer.utility, longest=WORD, among=UTILITIES),
        "geom": hex_shapes(places),
    }, places


def _kind(columns: Columns, source: Source, kinds: list[str]) -> pa.Array:
    return columns.text(
        source, longest=WORD, needed=Reason.UNKNOWN_KIND, among=kinds, unknown=Reason.UNKNOWN_KIND
    )


def _placed(columns: Columns, shapes: Geometries, shape: Shape, plane: Plane) -> Geometries:
    return placed_shapes(columns, single_shapes(columns, shapes, shape), plane)


def _is_in(kind: pa.Array, kinds: frozenset[LinkKind]) -> pa.Array:
    return pc.is_in(kind, pa.array(sorted(kinds)))


def _references(columns: Columns, sources: Sequence[Source] | Source) -> pa.Array:
    if not isinstance(sources, Source):
        return _in_braces([columns.text(source, longest=CODE) for source in sources], len(columns))
    lists = columns.lists(sources, longest=CODE)
    words = pc.list_flatten(lists)
    quoted = pc.binary_join_element_wise('"', _escaped(words), '"', "")
    joined = pc.binary_join(pa.ListArray.from_arrays(lists.offsets, quoted, mask=lists.is_null()), ",")
    return pc.if_else(pc.equal(joined, ""), None, pc.binary_join_element_wise("{", joined, "}", ""))


def _escaped(words: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(words, r'(["\\])', r"\\\1")


def _in_braces(columns: list[pa.Array], rows: int) -> pa.Array:
    """Write several columns as one of PostgreSQL's text arrays, nulls left out."""
    if not columns:
        return pa.nulls(rows, pa.string())
    quoted = [pc.binary_join_element_wise('"', _escaped(column), '"', "") for column in columns]
    # Arrow leaves out rows in which all is skipped: an empty word first keeps them, and leaves a comma.
    empty = pa.repeat("", rows)
    joined = pc.binary_join_element_wise(empty, *quoted, ",", null_handling="skip")
    words = pc.utf8_slice_codeunits(joined, 1)
    return pc.if_else(pc.equal(words, ""), None, pc.binary_join_element_wise("{", words, "}", ""))
