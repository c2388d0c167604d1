"""What every resource has: JSON for programs, a page for people, and no parameter that nothing reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from backend.core.api.authentication import READING
from backend.core.api.filters import refuse_unknown
from gis.api.permissions import IsStaff
from gis.errors import NoSuchCollection
from gis.queries.features import COLLECTIONS, Collection

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
REL = "http://www.opengis.net/def/rel/ogc/1.0"
Document = dict[str, Any]
Link = dict[str, Any]


class AnyAccept(BaseContentNegotiation):
    """Answers whatever is accepted: `wants_page` reads the header, and JSON is the rest."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]


def wants_page(request: Request) -> bool:
    """Whether a page is asked for: by `f`, else by a browser's `Accept`.

    Raises:
        ValidationError: `f` is neither json nor html.
    """
    asked = request.query_params.get("f")
    if asked not in {None, "json", "html"}:
        raise ValidationError({"f": [_("Ask for json or html.")]})
    return asked == "html" if asked else HTML in request.headers.get("Accept", "")


def link(rel: str, href: str, media_type: str = JSON, title: str = "", **more: Any) -> Link:
    """Describe a link; the title is left out where the relation says it all."""
    return {"rel": rel, "type": media_type, **({"title": title} if title else {}), "href": href, **more}


def own_links(request: Request, media_type: str = JSON) -> list[Link]:
    """Return the links of a document to itself and to the same as a page."""
    here = request.build_absolute_uri()
    return [
        link("self", replace_query_param(here, "f", "json"), media_type, _("This document")),
        link("alternate", replace_query_param(here, "f", "html"), HTML, _("This document as a page")),
    ]


class OgcView(ABC, APIView):
    """A resource: `document` makes what is sent, `template` shows it to people."""

    authentication_classes = READING
    permission_classes = [AllowAny]
    content_negotiation_class = AnyAccept
    schema = None
    parameters: ClassVar[frozenset[str]] = frozenset()
    template = "ogc/document.html"
    media_type = JSON

    def get(self, request: Request, **address: Any) -> HttpResponse | Response:
        refuse_unknown(request, {"f", *self.known_parameters()})
        document = self.document(request)
        if wants_page(request):
            return render(request._request, self.template, {"document": document, **self.page(document)})
        return self.answer(document)

    @abstractmethod
    def document(self, request: Request) -> Document:
        """Return what is sent."""

    def answer(self, document: Document) -> HttpResponse | Response:
        return Response(document, content_type=self.media_type)

    def page(self, document: Document) -> dict[str, Any]:
        """Return what the template needs beside the document."""
        return {}

    def known_parameters(self) -> frozenset[str]:
        return self.parameters

    def handle_exception(self, exc: Exception) -> Response:
        """Lead people who are not signed in to the place where they can be."""
        if isinstance(exc, NotAuthenticated) and HTML in self.request.headers.get("Accept", ""):
            found: Any = redirect_to_login(self.request.get_full_path())
            return found
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Say that the answer depends on what is accepted, in which language, and on who asks."""
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, ["Accept", "Accept-Language", "Authorization", "Cookie"])
        return final


class CollectionView(OgcView):
    """A resource of one collection: public, or for staff, where they may look."""

    def get_permissions(self) -> list[Any]:
        found = COLLECTIONS.get(self.kwargs["collection_id"])
        return [AllowAny()] if found is None or found.is_public else [IsStaff()]

    @property
    def collection(self) -> Collection:
        try:
            return COLLECTIONS[self.kwargs["collection_id"]]
        except KeyError:
            raise NoSuchCollection from None
