"""What the lists of this app share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from backend.core.api.filters import BboxFilter
from backend.core.api.pagination import CursorList
from backend.core.domain.states import StateTable
from backend.core.models import User

GEOJSON = "application/geo+json"
FILTERS = [
    OpenApiParameter("open", bool, description="true: what is not over; false: what is"),
    OpenApiParameter("state", str, description="one or more states, separated by commas"),
    OpenApiParameter("zone", str, description="code of a zone"),
    OpenApiParameter("as", str, enum=["geojson"], description="answer a GeoJSON FeatureCollection"),
]


class StateList(ABC, GenericAPIView):
    """A list of things with a state and a place: `{results, next}`, or GeoJSON when asked for."""

    pagination_class = CursorList
    filter_backends = (BboxFilter,)
    filter_names: tuple[str, ...] = ("open", "state", "zone", "as")
    newest_first = True
    table: StateTable
    open_states: frozenset[str]
    row: Any

    @abstractmethod
    def get_queryset(self) -> QuerySet[Any]:
        """Return what the person may see."""

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request) -> Response:
        found = self.filter_queryset(self._by_state(self.get_queryset().with_summary()))  # type: ignore[attr-defined]
        page = self.paginate_queryset(found) or []
        rows = self.get_serializer(
            [type(self).row(instance, request.user) for instance in page], many=True
        ).data
        return self.get_paginated_response(as_features(rows) if _wants_geojson(request) else rows)

    def get_serializer_class(self) -> type[Serializer[Any]]:
        return self.serializer_class  # type: ignore[return-value]

    def _by_state(self, found: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.request.query_params
        if states := [name for name in asked.get("state", "").split(",") if name]:
            if unknown := set(states) - self.table.states:
                raise ValidationError({"state": [_("Unknown state: %s.") % ", ".join(sorted(unknown))]})
            found = found.filter(state__in=states)
        if (flag := asked.get("open", "")) in {"true", "1"}:
            found = found.filter(state__in=self.open_states)
        elif flag in {"false", "0"}:
            found = found.exclude(state__in=self.open_states)
        elif flag:
            raise ValidationError({"open": [_("Choose true or false.")]})
        if zone := asked.get("zone"):
            found = self.in_zone(found, zone)
        return found

    def in_zone(self, found: QuerySet[Any], code: str) -> QuerySet[Any]:
        """Keep what belongs to a zone."""
        return found.filter(zone__code=code)


def as_features(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Make a GeoJSON FeatureCollection of rows with `lon` and `lat`."""
    return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    placed = row["lon"] is not None
    geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]} if placed else None
    return {"type": "Feature", "id": row["id"], "geometry": geometry, "properties": dict(row)}


def _wants_geojson(request: Request) -> bool:
    asked = request.query_params.get("as", "")
    if asked not in {"", "geojson", "json"}:
        raise ValidationError({"as": [_("Choose geojson or json.")]})
    return asked == "geojson" or GEOJSON in request.headers.get("Accept", "")


def signed_in(request: Request) -> User:
    """Return the person of a request that only people who signed in can make."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
