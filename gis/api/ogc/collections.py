"""The collections that a person may read, and what can be asked of each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.reverse import reverse

from gis.api.ogc.base import GEOJSON, HTML, REL, CollectionView, Document, OgcView, link, own_links
from gis.api.ogc.openapi import property_schema
from gis.domain.crs import CRS84, SUPPORTED
from gis.queries.features import Collection, collection_extent, readable_collections

SCHEMA = "application/schema+json"
CRS_URIS = [crs.uri for crs in SUPPORTED]


class CollectionListView(OgcView):
    template = "ogc/collections.html"

    def document(self, request: Request) -> Document:
        return {
            "links": own_links(request),
            "crs": CRS_URIS,
            "collections": [described(request, one) for one in readable_collections(request.user)],
        }


class CollectionDetailView(CollectionView):
    template = "ogc/collection.html"

    def document(self, request: Request) -> Document:
        found = described(request, self.collection)
        return {**found, "links": [*own_links(request), *found["links"][1:]]}

    def page(self, document: Document) -> dict[str, Any]:
        return {"collection": self.collection, "systems": SUPPORTED}


class QueryablesView(CollectionView):
    """The properties that filters may name, as JSON Schema."""

    template = "ogc/queryables.html"
    media_type = SCHEMA

    def document(self, request: Request) -> Document:
        collection = self.collection
        place = {
            "title": _("Place"),
            "x-ogc-role": "primary-geometry",
            "format": f"geometry-{collection.geometry.lower()}",
        }
        named = {name: property_schema(one) for name, one in collection.queryables.items()}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": request.build_absolute_uri(request.path),
            "type": "object",
            "title": str(collection.title),
            "properties": {**named, "geometry": place},
            "additionalProperties": False,
        }

    def page(self, document: Document) -> dict[str, Any]:
        return {"collection": self.collection}


def described(request: Request, collection: Collection) -> Document:
    """Describe a collection; the first link is to its description."""
    items = reverse("ogc-items", [collection.id], request=request)
    return {
        "id": collection.id,
        "title": str(collection.title),
        "description": str(collection.description),
        "itemType": "feature",
        "extent": _extent(collection),
        "crs": CRS_URIS,
        "storageCrs": CRS84.uri,
        "links": [
            link("self", reverse("ogc-collection", [collection.id], request=request)),
            link("items", items, GEOJSON, _("Features as GeoJSON")),
            link("items", f"{items}?f=html", HTML, _("Features as a page")),
            link(
                f"{REL}/queryables",
                reverse("ogc-queryables", [collection.id], request=request),
                SCHEMA,
                _("What filters may name"),
            ),
            link(
                f"{REL}/tilesets-vector",
                reverse("ogc-tilesets", [collection.id], request=request),
                title=_("Vector tiles"),
            ),
        ],
    }


def _extent(collection: Collection) -> dict[str, Any]:
    box = collection_extent(collection)
    extent: dict[str, Any] = {"spatial": {"bbox": [box], "crs": CRS84.uri}} if box else {}
    if collection.interval:
        extent["temporal"] = {"interval": [[None, None]]}
    return extent
