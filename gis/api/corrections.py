"""Corrections from the field at `/api/v1/corrections/`: sent by technicians, decided in the office."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core.api.filters import BboxFilter
from backend.core.api.idempotency import HEADER, idempotent
from backend.core.api.pagination import CursorList
from backend.core.api.photos import served
from backend.core.errors import NotFound, PermissionRefused
from backend.core.models import User
from backend.core.permissions import HasRole
from backend.core.services.photos import clean_photo
from gis import services
from gis.api.correction_serializers import CorrectionSerializer, NewCorrectionSerializer, VerdictSerializer
from gis.api.preconditions import with_version
from gis.domain.corrections import REVIEWERS, CorrectionState
from gis.errors import EditedMeanwhile
from gis.models import Correction
from gis.models.corrections import CORRECTION_STATES
from gis.queries import corrections as queries
from gis.queries.elements import find_element

IsTechnician = HasRole("technician")
IsReader = HasRole("technician", *sorted(queries.READERS))
IsReviewer = HasRole(*sorted(REVIEWERS))
RIGHTS: dict[str | None, type[BasePermission]] = {"create": IsTechnician, "transitions": IsReviewer}
KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Sent again under it, the same gets its first answer.",
)


class CorrectionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=CORRECTION_STATES)
    network = django_filters.CharFilter("network__code", label="code of the network")

    class Meta:
        model = Correction
        fields = ("state", "network")


@extend_schema_view(list=extend_schema(summary="Corrections from the field, newest first"))
class CorrectionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Correction]):
    """Technicians send them and see their own; the office sees those of its jurisdiction."""

    pagination_class = CursorList
    newest_first = True
    filter_backends = [DjangoFilterBackend, BboxFilter]
    filterset_class = CorrectionFilter
    serializer_class: Any = CorrectionSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_permissions(self) -> list[BasePermission]:
        return [RIGHTS.get(self.action, IsReader)()]

    def get_queryset(self) -> QuerySet[Correction]:
        return queries.readable(self.request.user)

    def paginate_queryset(self, queryset: Any) -> Any:
        """Put beside each correction of the page what the map says now."""
        return queries.sheets(super().paginate_queryset(queryset) or [])

    @extend_schema(
        summary="Say what was found otherwise than mapped",
        description="The map stays as it is until the office accepts. 422 `idempotency_mismatch`: this "
        "`client_id` or key came before with something else in it.",
        parameters=[KEY],
        request=dict.fromkeys(("application/json", "multipart/form-data"), NewCorrectionSerializer),
        responses={201: CorrectionSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        given = NewCorrectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        author = cast(User, request.user)
        if asked.pop("author", author.public_id) != author.public_id:
            raise PermissionRefused
        place = {name: asked.pop(name) for name in ("network", "kind", "code")}
        photo = asked.pop("photo", None)
        made = services.record_correction(
            element=find_element(request.user, **place),
            author=author,
            photo=clean_photo(photo).content if photo else None,
            **asked,
        )
        return _answer(made, status=201)

    @extend_schema(summary="One correction")
    def retrieve(self, request: Request, pk: str) -> Response:
        return _answer(queries.correction(request.user, int(pk)))

    @extend_schema(
        summary="Accept a correction into the network, or refuse it with a reason",
        description="409 when it was decided meanwhile; 412 `edited_meanwhile` when the element changed "
        "since `element_version`, with the correction beside the map as it is now in `current`.",
        parameters=[KEY],
        request=VerdictSerializer,
        responses={200: CorrectionSerializer, 409: OpenApiTypes.OBJECT, 412: OpenApiTypes.OBJECT},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def transitions(self, request: Request, pk: str) -> Response:
        found = queries.correction(request.user, int(pk))
        given = VerdictSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            return _answer(_decided(found, cast(User, request.user), given.validated_data))
        except EditedMeanwhile as conflict:
            conflict.extra["current"] = _answer(found).data
            raise

    @extend_schema(summary="Its photo", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    @action(detail=True)
    def photo(self, request: Request, pk: str) -> Any:
        found = queries.correction(request.user, int(pk))
        if not found.photo:
            raise NotFound
        return served(found.photo, found.client_id)


def _decided(found: Correction, actor: User, asked: dict[str, Any]) -> Correction:
    if asked["to"] == CorrectionState.ACCEPTED:
        return services.accept_correction(
            correction=found,
            actor=actor,
            version=asked["version"],
            element_version=asked["element_version"],
        )
    return services.refuse_correction(
        correction=found, actor=actor, version=asked["version"], reason=asked["reason"]
    )


def _answer(correction: Correction, *, status: int = 200) -> Response:
    (sheet,) = queries.sheets([correction])
    return with_version(Response(CorrectionSerializer(sheet).data, status=status), correction.version)
