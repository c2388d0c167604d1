"""Features: pages of them by keyset, and one by its id."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param

from backend.core import clock
from gis.api.ogc.base import GEOJSON, CollectionView, Document, Link, link, own_links
from gis.api.ogc.parameters import PARAMETERS, asked_crs, question
from gis.domain.crs import Crs
from gis.errors import NoSuchElement
from gis.queries.features import Page, UnusableFilter, feature, page
from gis.queries.networks import demonstration_notice

PAGE_SIZES = ("10", "100", "1000")


class ItemsView(CollectionView):
    """A page of features. Their text comes from PostGIS and is passed on as it is."""

    template = "ogc/items.html"

    def known_parameters(self) -> frozenset[str]:
        return PARAMETERS | self.collection.queryables.keys()

    def document(self, request: Request) -> Document:
        self.asked = question(request.query_params, self.collection)
        try:
            self.found = page(self.collection, self.asked, request.user)
        except UnusableFilter as error:
            told = _("“%(part)s” cannot be used here.") % {"part": error.subject}
            raise ValidationError({"filter": [told]}) from None
        return {
            "type": "FeatureCollection",
            "timeStamp": clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
            "numberReturned": len(self.found.features),
            **({} if self.found.matched is None else {"numberMatched": self.found.matched}),
            "links": self._links(request, self.found),
        }

    def answer(self, document: Document) -> HttpResponse:
        head = json.dumps(document, ensure_ascii=False)[:-1]
        features = ",\n".join(self.found.features)
        return geojson(f'{head}, "features": [\n{features}\n]}}', self.asked.crs)

    def page(self, document: Document) -> dict[str, Any]:
        features = [json.loads(text) for text in self.found.features]
        links = {one["rel"]: one["href"] for one in document["links"]}
        return {
            "collection": self.collection,
            "features": features,
            "next": links.get("next") and replace_query_param(links["next"], "f", "html"),
            "as_json": links["self"],
            "asked": self.request.query_params,
            "limit": str(self.asked.limit),
            "sizes": sorted({*PAGE_SIZES, str(self.asked.limit)}, key=int),
            **_map_context(),
        }

    def _links(self, request: Request, found: Page) -> list[Link]:
        links = own_links(request, GEOJSON)
        about = reverse("ogc-collection", [self.collection.id], request=request)
        links.append(link("collection", about, title=str(self.collection.title)))
        if found.last is not None:
            onward = replace_query_param(request.build_absolute_uri(), "cursor", found.last)
            links.append(link("next", onward, GEOJSON, _("Next page")))
        return links


class ItemView(CollectionView):
    """One feature."""

    template = "ogc/item.html"
    parameters = frozenset({"crs"})

    def document(self, request: Request) -> Document:
        self.crs = asked_crs(request.query_params, "crs")
        text = feature(self.collection, self.kwargs["feature_id"], self.crs, request.user)
        if text is None:
            raise NoSuchElement
        about = reverse("ogc-collection", [self.collection.id], request=request)
        links = [*own_links(request, GEOJSON), link("collection", about, title=str(self.collection.title))]
        return {**json.loads(text), "links": links}

    def answer(self, document: Document) -> HttpResponse | Response:
        return geojson(json.dumps(document, ensure_ascii=False), self.crs)

    def page(self, document: Document) -> dict[str, Any]:
        as_json = document["links"][0]["href"]
        return {"collection": self.collection, "as_json": as_json, **_map_context()}


def _map_context() -> dict[str, Any]:
    return {"notice": demonstration_notice(), "basemap": settings.BASEMAP_STYLE_URL}


def geojson(text: str, crs: Crs) -> HttpResponse:
    """Answer with GeoJSON, told in which coordinate system."""
    return HttpResponse(text, content_type=GEOJSON, headers={"Content-Crs": f"<{crs.uri}>"})
