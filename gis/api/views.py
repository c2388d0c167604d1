"""Networks, their elements and zones: lists and details."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib.gis.db.models import MultiPolygonField
from django.contrib.gis.db.models.functions import GeoFunc
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.fields import DateTimeField
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.api.filters import BboxFilter
from backend.core.api.pagination import CursorList
from backend.core.errors import InvalidInput
from backend.core.queries.users import is_staff_member
from gis.api.edit_serializers import ConnectionPointEditSerializer, LinkEditSerializer, NodeEditSerializer
from gis.api.editing import EditableElements, editing
from gis.api.filters import ConnectionPointFilter, LinkFilter, NodeFilter, ZoneFilter
from gis.api.permissions import IsStaff
from gis.api.serializers import (
    ConnectionPointDetailSerializer,
    ConnectionPointSerializer,
    LinkSerializer,
    NodeSerializer,
    ZoneSerializer,
)
from gis.api.zones import ZoneChanges
from gis.errors import NoSuchElement
from gis.models import ConnectionPoint, FormerOutline, Link, Node, Zone
from gis.models.scoping import ScopedQuerySet

AMBIGUITY = [
    OpenApiParameter("network", str, description="Which network, where several have this code."),
    OpenApiParameter("kind", str, description="Which kind, where several have this code."),
]
AT = OpenApiParameter("at", OpenApiTypes.DATETIME, description="Now unless told. Names are today's.")
OUTLINE = MultiPolygonField(srid=4326)
COARSE_DEGREES = 0.00025
FINE_DEGREES = 0.00001


class Simplified(GeoFunc):
    """An outline with fewer vertices, still valid."""

    function = "ST_SimplifyPreserveTopology"
    output_field = MultiPolygonField(srid=4326)


class ElementViewSet(EditableElements, mixins.ListModelMixin):
    """Elements of the networks a member of staff may see; one by its code."""

    permission_classes = [IsStaff]
    pagination_class = CursorList
    filter_backends = [DjangoFilterBackend, BboxFilter]
    elements: ClassVar[ScopedQuerySet]
    lookup_field = "code"
    lookup_value_regex = "[^/]+"

    def retrieve(self, request: Request, code: str) -> Response:
        return self._one(self.found(request, code))

    def found(self, request: Request, code: str) -> Any:
        wanted = {"code": code}
        for name, column in (("network", "network__code"), ("kind", "kind")):
            if value := request.query_params.get(name):
                wanted[column] = value
        if self.elements.model is ConnectionPoint:
            wanted.pop("kind", None)
        found = list(self.get_queryset().filter(**wanted)[:2])
        if not found:
            raise NoSuchElement
        if len(found) > 1:
            raise InvalidInput(errors={"code": [_("Several elements have this code: add network or kind.")]})
        return found[0]

    def get_queryset(self) -> QuerySet[Any]:
        return self.elements.all().visible_to(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": clock.now()}


@extend_schema_view(
    list=extend_schema(summary="Nodes"),
    retrieve=extend_schema(summary="One node", parameters=AMBIGUITY),
    partial_update=editing("a node", NodeEditSerializer),
)
class NodeViewSet(ElementViewSet):
    elements = Node.objects.select_related("network").defer("geom_3857")
    serializer_class = NodeSerializer
    filterset_class = NodeFilter


@extend_schema_view(
    list=extend_schema(summary="Links: pipes, lines and devices"),
    retrieve=extend_schema(summary="One link", parameters=AMBIGUITY),
    partial_update=editing("a link", LinkEditSerializer),
)
class LinkViewSet(ElementViewSet):
    elements = Link.objects.select_related("network", "start_node", "end_node").defer(
        *("geom_3857", "start_node__geom", "start_node__geom_3857", "end_node__geom", "end_node__geom_3857")
    )
    serializer_class = LinkSerializer
    filterset_class = LinkFilter


@extend_schema_view(
    list=extend_schema(summary="Connection points"),
    retrieve=extend_schema(summary="One connection point", parameters=AMBIGUITY),
    partial_update=editing("a connection point", ConnectionPointEditSerializer),
)
class ConnectionPointViewSet(ElementViewSet):
    elements = ConnectionPoint.objects.select_related("network", "node", "link").defer(
        *("geom_3857", "node__geom", "node__geom_3857", "link__geom", "link__geom_3857")
    )
    filterset_class = ConnectionPointFilter

    def get_serializer_class(self) -> type[ConnectionPointSerializer]:
        return ConnectionPointSerializer if self.action == "list" else ConnectionPointDetailSerializer


@extend_schema_view(
    list=extend_schema(summary="Zones in force at an instant", parameters=[AT]),
    retrieve=extend_schema(summary="One zone", parameters=[AT]),
)
class ZoneViewSet(ZoneChanges, mixins.ListModelMixin, mixins.RetrieveModelMixin):
    """Zones, for everyone; people outside see their outlines coarsely, editors change them."""

    pagination_class = CursorList
    queryset = Zone.objects.all()
    serializer_class = ZoneSerializer
    filter_backends = [DjangoFilterBackend, BboxFilter]
    filterset_class = ZoneFilter
    filter_names = ("at",)
    bbox_field = "drawn"
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Zone]:
        """Return the zones in force at the instant asked for, each where it lay then."""
        at = _instant(self.request)
        tolerance = FINE_DEGREES if is_staff_member(self.request.user) else COARSE_DEGREES
        former = FormerOutline.objects.filter(zone=OuterRef("pk"), valid__contains=at).values("geom")[:1]
        zones = Zone.objects.valid_at(at).select_related("parent").order_by("pk")
        hidden = ("geom", "geom_3857", "parent__geom", "parent__geom_3857")
        drawn = zones.annotate(drawn=Coalesce(Subquery(former), "geom", output_field=OUTLINE))
        return drawn.annotate(outline=Simplified("drawn", Value(tolerance))).defer(*hidden)


def _instant(request: Request) -> datetime:
    """Return the instant that `at` names, now unless told; a local time is one of here."""
    if not (given := request.query_params.get("at")):
        return clock.now()
    try:
        return cast(datetime, DateTimeField().run_validation(given))
    except ValidationError as error:
        raise ValidationError({"at": error.detail}) from error
