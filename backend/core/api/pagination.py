"""Lists by keyset: a page starts after the last row of the one before, however many rows come in between."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.core.api.filters import BboxFilter, refuse_unknown
from backend.core.domain.numbers import whole_number


class CursorList(BasePagination):
    """`?limit=&cursor=` to `{results, next}`, ordered by primary key.

    `next` is the address of the next page or null; the cursor in it is opaque. A view sets `newest_first =
    True` to list backwards, and `filter_names` for the parameters it reads itself; others are refused.
    """

    default_limit = 100
    max_limit = 1000

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        refuse_unknown(request, _filters_of(view))
        backwards = getattr(view, "newest_first", False)
        if (after := self._cursor(request)) is not None:
            queryset = queryset.filter(**{"pk__lt" if backwards else "pk__gt": after})
        limit = self._limit(request)
        rows = list(queryset.order_by("-pk" if backwards else "pk")[: limit + 1])
        self.next_cursor = _encode(rows[limit - 1].pk) if len(rows) > limit else None
        return rows[:limit]

    def next_url(self) -> str | None:
        """Return the address of the next page, or None on the last."""
        if self.next_cursor is None:
            return None
        url: str = replace_query_param(self.request.build_absolute_uri(), "cursor", self.next_cursor)
        return url

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap rows; a GeoJSON FeatureCollection keeps its shape and gets `next`."""
        if isinstance(data, dict) and data.get("type") == "FeatureCollection":
            return Response({**data, "next": self.next_url()})
        return Response({"results": data, "next": self.next_url()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_schema = {"type": "string", "format": "uri", "nullable": True}
        if schema.get("type") != "array":  # a FeatureCollection, which keeps its shape
            return {
                "allOf": [
                    schema,
                    {"type": "object", "required": ["next"], "properties": {"next": next_schema}},
                ]
            }
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": next_schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_limit, "default": self.default_limit}
        return [
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
        ]

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit")
        if not text:
            return self.default_limit
        if not (text.isascii() and text.isdigit()) or not text.strip("0"):
            raise ValidationError({"limit": [_("Enter a number of 1 or more.")]})
        return min(whole_number(text) or self.max_limit, self.max_limit)

    def _cursor(self, request: Request) -> int | None:
        text = request.query_params.get("cursor")
        if not text:
            return None
        try:
            after = int(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except ValueError:
            after = 0
        if not 0 < after < 2**63:
            raise ValidationError({"cursor": [_("This is not a cursor of this list.")]})
        return after


def _filters_of(view: Any) -> set[str]:
    """Name what a list reads: its own `filter_names`, and those of its filter backends."""
    names = {"limit", "cursor", *getattr(view, "filter_names", ())}
    if BboxFilter in getattr(view, "filter_backends", ()):
        names.add("bbox")
    filterset = getattr(view, "filterset_class", None)
    return names | set(filterset.base_filters) if filterset else names


def _encode(key: int) -> str:
    return urlsafe_b64encode(str(key).encode()).decode().rstrip("=")
