"""What zones consumed: `{zone, unit, coverage, series}`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.api.tables import CsvRenderer
from backend.core.clock import LOCAL
from backend.core.errors import InvalidInput
from metering import queries
from metering.api.inputs import PERIOD, period

COMPARISONS = ("previous-year",)


class PeriodOutput(serializers.Serializer[Any]):
    start = serializers.DateTimeField(default_timezone=LOCAL)
    end = serializers.DateTimeField(default_timezone=LOCAL)
    value = serializers.FloatField(allow_null=True, help_text="null where nothing is known")
    coverage = serializers.FloatField(help_text="share of meter-time between registers")
    estimated = serializers.FloatField(help_text="share of the value spread or taken from last year")
    meters_read = serializers.IntegerField()
    meters_total = serializers.IntegerField()


class ZoneConsumptionOutput(serializers.Serializer[Any]):
    zone = serializers.CharField()
    zone_name = serializers.CharField()
    utility = serializers.CharField()
    unit = serializers.CharField()
    bucket = serializers.CharField()
    coverage = serializers.FloatField()
    series = PeriodOutput(many=True)
    previous = PeriodOutput(many=True, allow_null=True)


class ZoneConsumptionView(APIView):
    """The consumption of a zone per hour, local day or month, with its coverage and the year before.

    Public for zones with at least ten meters; staff see those they answer for.
    """

    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        parameters=[
            *PERIOD,
            OpenApiParameter("bucket", str, enum=["hour", "day", "month"]),
            OpenApiParameter("utility", str, enum=["water", "electricity", "sewerage"]),
            OpenApiParameter("compare", str, enum=COMPARISONS),
            OpenApiParameter("format", str, enum=["json", "csv"]),
        ],
        responses=ZoneConsumptionOutput,
    )
    def get(self, request: Request, code: str) -> Response:
        asked, given = period(request), request.query_params
        compare = given.get("compare", "")
        if compare and compare not in COMPARISONS:
            raise InvalidInput(errors={"compare": [", ".join(COMPARISONS)]})
        found = queries.zone_consumption(
            code,
            asked.start,
            asked.end,
            given.get("bucket") or "day",
            given.get("utility") or None,
            compare_previous_year=bool(compare),
            reader=request.user,
        )
        body = ZoneConsumptionOutput(asdict(found)).data
        if request.accepted_renderer.format == "csv":
            name = f"{code}-{found.utility}-{found.bucket}.csv"
            return Response(
                {"rows": _rows(body)}, headers={"Content-Disposition": f'attachment; filename="{name}"'}
            )
        return Response(body)


def _rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    head = {name: body[name] for name in ("zone", "zone_name", "utility", "unit")}
    before = body["previous"] or [{"value": None, "coverage": None}] * len(body["series"])
    return [
        {**head, **now, "previous_value": then["value"], "previous_coverage": then["coverage"]}
        for now, then in zip(body["series"], before, strict=True)
    ]
