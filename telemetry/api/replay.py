"""The past, for the slider that moves the map back in time."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.core import clock
from backend.core.api.filters import parse_bbox, refuse_unknown
from backend.core.models.users import STAFF_ROLES
from backend.core.permissions import HasRole
from telemetry.models import Sensor
from telemetry.queries.replay import MOST_SENSORS, alarms_at, values_at

FURTHEST = timedelta(days=3700)


class ReplayIn(serializers.Serializer):
    at = serializers.DateTimeField()
    bbox = serializers.CharField(required=False, help_text="west,south,east,north in degrees")


class ValueThenOut(serializers.Serializer):
    sensor_id = serializers.IntegerField()
    sensor = serializers.CharField(source="code")
    at = serializers.DateTimeField()
    value = serializers.FloatField(allow_null=True)
    quality = serializers.IntegerField(help_text="192 good, 64 uncertain, 0 bad, 500 stale")
    stale = serializers.BooleanField()
    of_hour = serializers.BooleanField(help_text="the last value of that hour: readings are no longer kept")


class AlarmThenOut(serializers.Serializer):
    id = serializers.IntegerField()
    sensor_id = serializers.IntegerField()
    priority = serializers.IntegerField()
    state = serializers.CharField()
    kind = serializers.CharField()
    raised_at = serializers.DateTimeField()


class ReplayOut(serializers.Serializer):
    at = serializers.DateTimeField()
    results = ValueThenOut(many=True)
    alarms = AlarmThenOut(many=True)


class Replay(GenericAPIView):
    permission_classes = [HasRole(*STAFF_ROLES)]
    pagination_class = None
    filter_backends = []
    serializer_class = ReplayOut

    @extend_schema(parameters=[ReplayIn], operation_id="replay", responses=ReplayOut)
    def get(self, request: Request) -> Response:
        """Return the newest value of each sensor you may see as of an instant, and the alarms standing then.

        A sensor that had told nothing for a day by then is left out. At most 20,000 sensors and 2,000 alarms.
        """
        refuse_unknown(request, ReplayIn().fields)
        asked = ReplayIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        at = asked.validated_data["at"].astimezone(UTC)
        now = clock.now()
        if not now - FURTHEST <= at <= now + timedelta(minutes=5):
            raise ValidationError({"at": [_("Give an instant of the past ten years.")]})
        sensors = Sensor.objects.visible_to(request.user).filter(active=True, device__active=True)
        if box := asked.validated_data.get("bbox"):
            sensors = sensors.filter(geom__intersects=parse_bbox(box))
        ids = list(sensors.order_by("pk").values_list("pk", flat=True)[:MOST_SENSORS])
        values = ValueThenOut(values_at(ids, at), many=True).data
        alarms = AlarmThenOut(alarms_at(ids, at), many=True).data
        return Response({"at": at, "results": values, "alarms": alarms})
