"""The first page, what is conformed to, and the description of the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from backend.core.api.docs import DocsView
from backend.core.queries.organisation import organisation
from gis.api.ogc.base import HTML, REL, Document, OgcView, link, own_links, wants_page
from gis.api.ogc.openapi import description
from gis.queries.features import readable_collections
from gis.queries.networks import demonstration_notice

OGC = "http://www.opengis.net/spec"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS_TO = [
    *(f"{OGC}/ogcapi-common-1/1.0/conf/{name}" for name in ("core", "json", "html", "oas30")),
    f"{OGC}/ogcapi-common-2/1.0/conf/collections",
    *(f"{OGC}/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{OGC}/ogcapi-features-2/1.0/conf/crs",
    *(
        f"{OGC}/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{OGC}/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "property-property",
        )
    ),
    *(
        f"{OGC}/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
]


class LandingView(OgcView):
    template = "ogc/landing.html"

    def document(self, request: Request) -> Document:
        operator = organisation().name
        return {
            "title": _("Networks of %(operator)s") % {"operator": operator} if operator else _("Networks"),
            "description": _("Nodes, links, connection points and zones for maps and analyses, as OGC API."),
            "attribution": demonstration_notice(),
            "links": [
                *own_links(request),
                link(
                    "service-desc", reverse("ogc-api", request=request), OPENAPI, _("The API, for programs")
                ),
                link("service-doc", reverse("ogc-docs", request=request), HTML, _("The API, for people")),
                link("conformance", reverse("ogc-conformance", request=request), title=_("Conformance")),
                link("data", reverse("ogc-collections", request=request), title=_("Collections")),
                link(
                    f"{REL}/tiling-schemes",
                    reverse("ogc-matrix-sets", request=request),
                    title=_("Tile grids"),
                ),
            ],
        }

    def page(self, document: Document) -> dict[str, Any]:
        return {"collections": readable_collections(self.request.user)}


class ConformanceView(OgcView):
    template = "ogc/conformance.html"

    def document(self, request: Request) -> Document:
        return {"conformsTo": CONFORMS_TO, "links": own_links(request)}


class ApiView(OgcView):
    """The OpenAPI document, with the collections that the reader may read."""

    media_type = OPENAPI

    def get(self, request: Request, **address: Any) -> HttpResponse | Response:
        return redirect("ogc-docs") if wants_page(request) else super().get(request, **address)

    def document(self, request: Request) -> Document:
        return description(request)


class ApiDocsView(DocsView):
    """The same for people, to try out."""

    url_name = "ogc-api"
    schema = None
