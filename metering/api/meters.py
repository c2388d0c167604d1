"""Meters, what they read and counted, and unusual weeks:

for staff, and reading a household is put on record.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import clock
from backend.core.api.pagination import CursorList
from backend.core.errors import InvalidInput, NotFound
from backend.core.models import User
from backend.core.permissions import HasRole
from backend.core.services import audit
from metering import queries
from metering.api.inputs import PERIOD, Asked, period
from metering.domain.units import STORED_UNIT
from metering.models import ConsumptionFlag, Meter, Utility
from metering.models.readings import TOTAL

READERS = ("agent", "dispatcher", "supervisor", "analyst", "administrator")
LONGEST = timedelta(days=800)
ROWS_AT_MOST = 20_000


class MeterOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    utility = serializers.CharField()
    unit = serializers.SerializerMethodField()
    connection_point = serializers.CharField(source="connection_point.code")
    network = serializers.CharField(source="connection_point.network.code")
    sensor = serializers.CharField(source="sensor.code", default=None, allow_null=True)
    digits = serializers.IntegerField()
    multiplier = serializers.FloatField()
    installed_at = serializers.DateTimeField(source="installed.lower", allow_null=True)
    removed_at = serializers.DateTimeField(source="installed.upper", allow_null=True)

    def get_unit(self, meter: Meter) -> str:
        return STORED_UNIT[meter.utility]


class ReadingOutput(serializers.Serializer[Any]):
    at = serializers.DateTimeField(default_timezone=clock.LOCAL)
    value = serializers.FloatField()
    source = serializers.CharField()  # type: ignore[assignment]
    quality = serializers.IntegerField()


class DayOutput(serializers.Serializer[Any]):
    day = serializers.DateField()
    value = serializers.FloatField(source="volume")
    coverage = serializers.FloatField()
    estimated = serializers.FloatField(source="estimated_share")
    method = serializers.CharField()


class FlagOutput(serializers.Serializer[Any]):
    meter = serializers.CharField(source="meter.code")
    utility = serializers.CharField(source="meter.utility")
    week = serializers.DateField()
    previous_week = serializers.DateField()
    days = serializers.IntegerField()
    value = serializers.FloatField()
    previous = serializers.FloatField()
    ratio = serializers.FloatField()
    sentence = serializers.CharField()
    flagged_at = serializers.DateTimeField()


class MeterList(generics.ListAPIView[Meter]):
    """The meters of the places a member of staff answers for."""

    permission_classes = (HasRole(*READERS, "technician"),)
    pagination_class = CursorList
    serializer_class = MeterOutput
    filter_backends = ()
    filter_names = ("utility", "code", "connection_point")

    @extend_schema(
        parameters=[
            OpenApiParameter("utility", str, enum=Utility.values),
            OpenApiParameter("code", str, description="begins with"),
            OpenApiParameter("connection_point", str),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Meter]:
        given = self.request.query_params
        found = Meter.objects.visible_to(self.request.user)
        if utility := given.get("utility"):
            found = found.filter(utility=utility)
        if code := given.get("code"):
            found = found.filter(code__startswith=code)
        if point := given.get("connection_point"):
            found = found.filter(connection_point__code=point)
        return found.select_related("connection_point__network", "sensor")


class FlagList(generics.ListAPIView[ConsumptionFlag]):
    """Weeks of unusual consumption, the newest first, each with the sentence that explains it."""

    permission_classes = (HasRole(*READERS),)
    pagination_class = CursorList
    serializer_class = FlagOutput
    newest_first = True
    filter_backends = ()

    def get_queryset(self) -> QuerySet[ConsumptionFlag]:
        return queries.flags(reader=self.request.user)


class _OneMeter(APIView):
    """What one household's meter says; who read it is put on record, with the reason where one is given."""

    permission_classes = (HasRole(*READERS),)
    action = ""

    def asked(self, request: Request, code: str) -> tuple[Meter, Asked]:
        meter = Meter.objects.visible_to(request.user).filter(code=code).first()
        if meter is None:
            raise NotFound
        asked = period(request)
        if asked.end - asked.start > LONGEST:
            raise InvalidInput(errors={"from": [_("Choose a shorter period that ends after it begins.")]})
        reason = request.query_params.get("reason", "")[:200]
        audit.record(
            actor=cast(User, request.user),
            action=self.action,
            subject=f"meter:{meter.pk}",
            start=asked.start.isoformat(),
            end=asked.end.isoformat(),
            reason=reason,
        )
        return meter, asked


REASON = OpenApiParameter("reason", str, description="why it is read; kept with the record")


class MeterReadings(_OneMeter):
    """The registers of a meter, oldest first."""

    action = "metering.readings_read"

    @extend_schema(parameters=[*PERIOD, REASON], responses=ReadingOutput(many=True))
    def get(self, request: Request, code: str) -> Response:
        meter, asked = self.asked(request, code)
        rows = meter.readings.filter(register=TOTAL, at__gte=asked.start, at__lt=asked.end).order_by("at")
        body = ReadingOutput(rows[:ROWS_AT_MOST], many=True).data
        return Response({"meter": meter.code, "unit": STORED_UNIT[meter.utility], "results": body})


class MeterDays(_OneMeter):
    """What a meter counted per local day, oldest first, and how sure that is."""

    action = "metering.consumption_read"

    @extend_schema(parameters=[*PERIOD, REASON], responses=DayOutput(many=True))
    def get(self, request: Request, code: str) -> Response:
        meter, asked = self.asked(request, code)
        last = clock.local_day(asked.end - timedelta(microseconds=1))
        rows = meter.days.filter(day__gte=clock.local_day(asked.start), day__lte=last).order_by("day")
        body = DayOutput(rows, many=True).data
        return Response({"meter": meter.code, "unit": STORED_UNIT[meter.utility], "results": body})
