"""The OpenAPI 3.0 document of `/ogc/`, with the collections that the reader may read and their properties."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from gis.api.ogc.parameters import DEFAULT_LIMIT, MOST
from gis.domain.crs import CRS84, SUPPORTED
from gis.queries.features import Collection, Property, readable_collections

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
URIS: Schema = {
    "type": "string",
    "format": "uri",
    "enum": [crs.uri for crs in SUPPORTED],
    "default": CRS84.uri,
}


def description(request: Request) -> Schema:
    """Return the document; GDAL and QGIS read the largest `limit` and the filters from it."""
    paths: Schema = {
        "/": _read("getLandingPage", _("First page")),
        "/conformance": _read("getConformance", _("Conformance")),
        "/collections": _read("getCollections", _("Collections")),
        "/tileMatrixSets": _read("getTileMatrixSets", _("Tile grids")),
        "/tileMatrixSets/WebMercatorQuad": _read("getTileMatrixSet", "WebMercatorQuad"),
    }
    for collection in readable_collections(request.user):
        paths |= _collection_paths(collection)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Chabaka OGC API",
            "version": "1",
            "description": _("OGC API - Features with CRS and CQL2 text, and vector tiles."),
        },
        "servers": [{"url": request.build_absolute_uri("/ogc")}],
        "paths": paths,
        "components": {
            "parameters": _parameters(),
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
        "security": [{}, {"basic": []}, {"token": []}, {"session": []}],
    }


PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "code": TEXT,
        "errors": {"type": "object"},
    },
}


def property_schema(one: Property) -> Schema:
    """Return the JSON Schema of a property."""
    schema: Schema = {"title": str(one.title), "type": one.type}
    if one.type == "date-time":
        schema |= {"type": "string", "format": "date-time"}
    return {**schema, "enum": list(one.choices)} if one.choices else schema


def _collection_paths(collection: Collection) -> Schema:
    root, title, name = f"/collections/{collection.id}", str(collection.title), _operation(collection.id)
    items = ("limit", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs")
    asked = [_ref("f"), *map(_ref, items), *map(_query, collection.queryables.values())]
    one = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        root: _read(f"describe{name}", title),
        f"{root}/queryables": _read(f"get{name}Queryables", title, media_type="application/schema+json"),
        f"{root}/items": _read(f"get{name}", title, asked, media_type="application/geo+json"),
        f"{root}/items/{{featureId}}": _read(
            f"get{name}One", title, [one, _ref("f"), _ref("crs")], media_type="application/geo+json"
        ),
        f"{root}/tiles": _read(f"get{name}Tilesets", title),
        f"{root}/tiles/WebMercatorQuad": _read(f"get{name}Tileset", title),
    }


def _read(
    name: str, summary: str, parameters: list[Schema] | None = None, media_type: str = "application/json"
) -> Schema:
    content = {media_type: {"schema": {"type": "object"}}, "text/html": {"schema": TEXT}}
    problem = {
        "description": _("What went wrong"),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters or [_ref("f")],
            "responses": {"200": {"description": summary, "content": content}, "default": problem},
        }
    }


def _parameters() -> Schema:
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
    return {
        "f": _parameter("f", {"type": "string", "enum": ["json", "html"]}),
        "limit": _parameter("limit", limit),
        "cursor": _parameter("cursor", TEXT, _("From the link to the next page.")),
        "bbox": _parameter("bbox", box),
        "bbox-crs": _parameter("bbox-crs", URIS),
        "datetime": _parameter("datetime", TEXT, _("An instant or an interval, `..` for an open end.")),
        "crs": _parameter("crs", URIS),
        "filter": _parameter("filter", TEXT, "CQL2: kind = 'valve' AND diameter_mm >= 100"),
        "filter-lang": _parameter("filter-lang", {"type": "string", "enum": ["cql2-text"]}),
        "filter-crs": _parameter("filter-crs", URIS),
    }


def _query(one: Property) -> Schema:
    return _parameter(one.name, property_schema(one))


def _parameter(name: str, schema: Schema, text: str = "") -> Schema:
    told = {"description": text} if text else {}
    written = {"style": "form", "explode": False}
    return {"name": name, "in": "query", "required": False, **told, **written, "schema": schema}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _operation(collection_id: str) -> str:
    return "".join(word.title() for word in collection_id.split("-"))
