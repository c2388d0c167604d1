"""What was removed from the networks: who and when, and back again where that is possible."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core.api.filters import BboxFilter
from backend.core.api.idempotency import idempotent
from backend.core.api.pagination import CursorList
from backend.core.models import User
from gis.api.permissions import IsEditor, IsStaff
from gis.api.preconditions import with_version
from gis.models import ConnectionPointEvent, LinkEvent, NodeEvent
from gis.queries.corrections import kind_of
from gis.queries.removed import Removed, removed_elements, removed_rows
from gis.services import restore_element


class RemovedSerializer(serializers.Serializer[Removed]):
    """A removal, by the id of its event."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    code = serializers.CharField()
    network = serializers.CharField()
    removed_at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Who; null for the platform itself.")
    import_file = serializers.CharField(allow_null=True)
    correction_id = serializers.IntegerField(allow_null=True)
    lon = serializers.FloatField(source="place.x")
    lat = serializers.FloatField(source="place.y")
    is_back = serializers.BooleanField(help_text="The element stands again.")


class RemovedFilter(django_filters.FilterSet):
    network = django_filters.CharFilter("network__code", label="code of the network")
    code = django_filters.CharFilter("code", label="code of the element")


class RemovedElements(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """The removals of one table, where a member of staff may look; editors bring back."""

    table: ClassVar[str]
    pagination_class = CursorList
    newest_first = True
    filter_backends = [DjangoFilterBackend, BboxFilter]
    filterset_class = RemovedFilter
    serializer_class: Any = RemovedSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_permissions(self) -> list[BasePermission]:
        return [IsEditor()] if self.action == "restore" else [IsStaff()]

    def get_queryset(self) -> QuerySet[Any]:
        return removed_elements(self.request.user, self.table)

    def paginate_queryset(self, queryset: Any) -> Any:
        return removed_rows(super().paginate_queryset(queryset) or [])

    @extend_schema(
        summary="Bring an element back as it was",
        description="409 `restore_impossible` says why not: its code is taken, a link's node is gone.",
        request=None,
        responses={200: OpenApiTypes.OBJECT, 409: OpenApiTypes.OBJECT},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def restore(self, request: Request, pk: str) -> Response:
        event = self.get_object()
        back = restore_element(table=self.table, event_id=event.pk, actor=cast(User, request.user))
        told = {"id": back.pk, "network": back.network.code, "kind": kind_of(back), "code": back.code}
        return with_version(Response({**told, "version": back.version}), back.version)


@extend_schema_view(list=extend_schema(summary="Nodes removed, newest first"))
class RemovedNodeViewSet(RemovedElements):
    table = "node"
    queryset = NodeEvent.objects.none()


@extend_schema_view(list=extend_schema(summary="Links removed, newest first"))
class RemovedLinkViewSet(RemovedElements):
    table = "link"
    queryset = LinkEvent.objects.none()


@extend_schema_view(list=extend_schema(summary="Connection points removed, newest first"))
class RemovedConnectionPointViewSet(RemovedElements):
    table = "connection_point"
    queryset = ConnectionPointEvent.objects.none()
