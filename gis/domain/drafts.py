"""A first mapping for a vector file, from the names of its fields: for people to put right, not to trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from gis.domain.exports import LAYERS

MODELS: Mapping[str, str] = {"Point": "node", "LineString": "link", "Polygon": "zone"}
LIKELY: Mapping[str, Sequence[str]] = {
    "code": ("code", "id", "ident", "identifiant", "ref", "reference", "numero", "name", "fid"),
    "kind": ("kind",),
    "elevation_m": ("elevation_m", "elevation", "altitude", "cote", "z"),
    "is_source": ("is_source",),
    "start": ("start_code", "start", "from_node", "noeud_amont", "amont"),
    "end": ("end_code", "end", "to_node", "noeud_aval", "aval"),
    "start_kind": ("start_kind",),
    "end_kind": ("end_kind",),
    "length_m": ("length_m", "length", "longueur"),
    "diameter_mm": ("diameter_mm", "diameter", "diametre", "diam", "dn"),
    "state": ("state",),
    "operable": ("operable",),
    "node": ("node_code", "node"),
    "node_kind": ("node_kind",),
    "link": ("link_code", "link"),
    "link_kind": ("link_kind",),
    "category": ("category",),
    "critical_kind": ("critical_kind",),
    "address": ("address", "adresse"),
    "name_fr": ("name_fr", "nom_fr", "nom"),
    "name_ar": ("name_ar", "nom_ar"),
    "utility": ("utility",),
    "parent": ("parent_code", "parent"),
}
"""Names that fields often have, in English and French, the likeliest first."""
ASKED: Mapping[str, Sequence[str]] = {
    "node": ("code", "kind", "elevation_m", "is_source"),
    "link": (
        *("code", "kind", "start", "end", "start_kind", "end_kind"),
        *("length_m", "diameter_mm", "state", "operable"),
    ),
    "connection_point": (
        *("code", "node", "node_kind", "link", "link_kind"),
        *("category", "critical_kind", "address"),
    ),
    "zone": ("code", "kind", "name_fr", "name_ar", "parent", "utility"),
}
OURS: Mapping[str, str] = {
    "nodes": "node",
    "links": "link",
    "connection_points": "connection_point",
    "zones": "zone",
}
"""The models of the layers of our own files."""
WHOLE: Mapping[str, str] = {
    "attributes": "attributes",
    "references": "old_references",
    "synthetic": "synthetic",
}
"""What only our own files say, by the column that says it."""
CUSTOMERS = ("connection_points", "points", "branchements", "abonnes", "clients", "customers")
PLACES = (("lon", "lat"), ("longitude", "latitude"), ("x", "y"))


def draft_mapping(
    layers: Iterable[tuple[str, str | None, Sequence[str]]], utility_said: str = "water"
) -> str:
    """Propose the YAML of a mapping for layers given by name, geometry (None for a table) and fields.

    Of files that we wrote ourselves everything is proposed, so that they come back as they were.
    """
    drafted = [one for layer in layers for one in _layers(*layer)]
    utility = {} if all(one["model"] == "zone" for one in drafted) else {"utility": utility_said}
    return yaml.safe_dump({**utility, "layers": drafted}, sort_keys=False, allow_unicode=True, width=100)


def _layers(name: str, geometry: str | None, fields: Sequence[str]) -> list[dict[str, Any]]:
    known = {ours for ours, layer in LAYERS.items() if set(layer.columns) <= set(fields)}
    if name in known:
        return [_ours(name, name)]
    if "layer" in fields and known >= {"nodes", "links"}:
        return [{**_ours(name, ours), "only": {"layer": [ours]}} for ours in OURS if ours in known]
    return [_layer(name, geometry, fields)]


def _ours(name: str, ours: str) -> dict[str, Any]:
    """Take every column of a layer that we wrote for what it says."""
    model, columns = OURS[ours], LAYERS[ours].columns
    by_name = {column: column for column in columns}
    said = {attribute: column for attribute in ASKED[model] if (column := _likely(attribute, by_name))}
    whole = {attribute: column for attribute, column in WHOLE.items() if column in columns}
    return {"layer": name, "model": model, **said, **whole}


def _layer(name: str, geometry: str | None, fields: Sequence[str]) -> dict[str, Any]:
    model = _model(name, geometry)
    by_name = {field.lower(): field for field in fields}
    found = {attribute: field for attribute in ASKED[model] if (field := _likely(attribute, by_name))}
    drafted: dict[str, Any] = {"layer": name, "model": model, "code": next(iter(fields), "?"), **found}
    if geometry is None:
        drafted["coordinates"] = _coordinates(by_name)
    if model == "zone" and "kind" not in found:
        drafted["kind"] = {"value": "dma"}
    used = {*found.values(), drafted["code"], *drafted.get("coordinates", {}).values()}
    rest = [field for field in fields if field not in used]
    if rest and model in {"node", "link"}:
        drafted["attributes"] = rest
    return drafted


def _model(name: str, geometry: str | None) -> str:
    if geometry is None or any(word in name.lower() for word in CUSTOMERS):
        return "connection_point"
    return next((model for kind, model in MODELS.items() if kind in geometry), "node")


def _likely(attribute: str, by_name: Mapping[str, str]) -> str | None:
    return next((by_name[name] for name in LIKELY[attribute] if name in by_name), None)


def _coordinates(by_name: Mapping[str, str]) -> dict[str, str]:
    for x, y in PLACES:
        if x in by_name and y in by_name:
            return {"x": by_name[x], "y": by_name[y]}
    return {"wkt": by_name["wkt"]} if "wkt" in by_name else {"x": "?", "y": "?"}
