"""Device families, what would be read of a message, dead letters read again, and missing numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from django.core.exceptions import ValidationError as Unsound
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.api.pagination import CursorList
from backend.core.errors import InvalidInput
from backend.core.models import User
from backend.core.models.users import STAFF_ROLES
from backend.core.permissions import HasRole
from telemetry.domain.device_file import FamilyEntry
from telemetry.domain.device_reader import read_family
from telemetry.queries import families
from telemetry.queries.previews import preview_message
from telemetry.queries.sequence_gaps import STATES, gap_fact, gaps_for
from telemetry.services import save_family
from telemetry.services.replaying import discard_letters, replay_letters

Staff = HasRole(*STAFF_ROLES)
Editors = HasRole("supervisor", "administrator")


class FamilyIn(serializers.Serializer):
    version = serializers.IntegerField(min_value=0, help_text="0 for a new family")
    declaration = serializers.DictField(help_text="As a device file declares it")


class FamilyOut(serializers.Serializer):
    code = serializers.CharField()
    version = serializers.IntegerField()
    device_count = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    declaration = serializers.DictField()


class PreviewIn(serializers.Serializer):
    declaration = serializers.DictField()
    topic = serializers.CharField(max_length=300)
    payload = serializers.CharField(max_length=262_144, trim_whitespace=False)


class FaultOut(serializers.Serializer):
    reason = serializers.CharField()
    detail = serializers.CharField()


class PreviewValueOut(serializers.Serializer):
    device = serializers.CharField()
    is_known = serializers.BooleanField()
    seq = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    key = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    sent_unit = serializers.CharField()
    quality = serializers.IntegerField()
    verdict = serializers.CharField()


class PreviewOut(serializers.Serializer):
    matches = serializers.BooleanField()
    items = serializers.IntegerField()
    values = PreviewValueOut(many=True)
    faults = FaultOut(many=True)


class LettersIn(serializers.Serializer):
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=200)


class LettersReadOut(serializers.Serializer):
    stored = serializers.IntegerField()
    refused = serializers.IntegerField()
    truncated = serializers.IntegerField()
    readings = serializers.IntegerField()


class DiscardIn(LettersIn):
    reason = serializers.CharField(max_length=500)


class DiscardOut(serializers.Serializer):
    discarded = serializers.IntegerField()


class SequenceGapOut(serializers.Serializer):
    id = serializers.IntegerField()
    device = serializers.CharField()
    first = serializers.IntegerField()
    last = serializers.IntegerField()
    missing = serializers.IntegerField()
    ranges = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))
    state = serializers.CharField()
    asks = serializers.IntegerField()
    detected_at = serializers.DateTimeField()
    asked_at = serializers.DateTimeField(allow_null=True)
    next_ask_at = serializers.DateTimeField(allow_null=True)
    filled_at = serializers.DateTimeField(allow_null=True)


class FamilyList(GenericAPIView):
    permission_classes = [Staff]
    serializer_class = FamilyOut
    pagination_class = CursorList
    filter_backends: list[Any] = []

    @extend_schema(operation_id="device_families_list")
    def get(self, request: Request) -> Response:
        """List the device families."""
        page = self.paginate_queryset(families.families())
        return self.get_paginated_response(FamilyOut(page, many=True).data)


class _Writing(GenericAPIView):
    permission_classes = [Editors]
    pagination_class = None
    filter_backends: list[Any] = []

    def sent(self, request: Request, shape: type[serializers.Serializer]) -> dict[str, Any]:
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data


class FamilyDetail(_Writing):
    serializer_class = FamilyOut

    def get_permissions(self) -> list[Any]:
        """Let all staff read."""
        return [Staff() if self.request.method == "GET" else Editors()]

    @extend_schema(operation_id="device_families_retrieve")
    def get(self, request: Request, code: str) -> Response:
        """Return one family."""
        return Response(FamilyOut(_found(code)).data)

    @extend_schema(request=FamilyIn, responses=FamilyOut, operation_id="device_families_save")
    def post(self, request: Request, code: str) -> Response:
        """Make or change a family; its devices follow. A version that is not the newest is refused."""
        body = self.sent(request, FamilyIn)
        try:
            save_family(code=code, entry=_entry(code, body["declaration"]), version=body["version"])
        except Unsound as error:
            raise InvalidInput(errors={"code": error.messages}) from None
        return Response(FamilyOut(_found(code)).data)


class FamilyPreview(_Writing):
    serializer_class = PreviewOut

    @extend_schema(request=PreviewIn, responses=PreviewOut, operation_id="device_families_preview")
    def post(self, request: Request, code: str) -> Response:
        """Say what would be read of a message if the family were so; writes nothing."""
        body = self.sent(request, PreviewIn)
        seen = preview_message(
            code=code,
            entry=_entry(code, body["declaration"]),
            topic=body["topic"],
            payload=body["payload"].encode(),
            received_at=clock.now(),
        )
        return Response(PreviewOut(seen).data)


class DeadLetterReplay(_Writing):
    serializer_class = LettersReadOut

    @extend_schema(request=LettersIn, responses=LettersReadOut, operation_id="dead_letters_replay")
    def post(self, request: Request) -> Response:
        """Read letters again, in the order of their arrival; what was stored is not stored twice."""
        ids = self.sent(request, LettersIn)["ids"]
        return Response(asdict(replay_letters(ids=ids, actor=_who(request))))


class DeadLetterDiscard(_Writing):
    serializer_class = DiscardOut

    @extend_schema(request=DiscardIn, responses=DiscardOut, operation_id="dead_letters_discard")
    def post(self, request: Request) -> Response:
        """Set letters aside for good, with a reason."""
        body = self.sent(request, DiscardIn)
        done = discard_letters(ids=body["ids"], actor=_who(request), reason=body["reason"])
        return Response({"discarded": done})


class SequenceGapList(GenericAPIView):
    permission_classes = [Staff]
    serializer_class = SequenceGapOut
    pagination_class = CursorList
    filter_backends: list[Any] = []
    newest_first = True
    filter_names = ("device", "state")

    @extend_schema(
        parameters=[
            OpenApiParameter("device", str),
            OpenApiParameter("state", str, enum=["open", "filled", "abandoned"]),
        ],
        operation_id="sequence_gaps_list",
    )
    def get(self, request: Request) -> Response:
        """List the numbers of devices that never came, newest first, and how often they were asked for."""
        named = {name: request.query_params.get(name, "") for name in self.filter_names}
        if named["state"] and named["state"] not in STATES:
            raise serializers.ValidationError({"state": [_("There is no such choice.")]})
        page = self.paginate_queryset(gaps_for(request.user, **named))
        return self.get_paginated_response(
            SequenceGapOut([gap_fact(gap) for gap in page or ()], many=True).data
        )


def _who(request: Request) -> User:
    return cast(User, request.user)


def _found(code: str) -> Any:
    family = families.family(code)
    if family is None:
        raise Http404
    return family


def _entry(code: str, declaration: dict[str, Any]) -> FamilyEntry:
    found = read_family(code, declaration)
    if isinstance(found, FamilyEntry):
        return found
    raise InvalidInput(errors={"declaration": [f"{error.where}: {error.reason}" for error in found]})
