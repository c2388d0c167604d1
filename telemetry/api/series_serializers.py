"""What goes in and out of the history API, field by field."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import serializers

from telemetry.api.serializers import ReadingsIn

RESOLUTIONS = ("auto", "raw", "1m", "15m", "1h", "1d")
MOST_POINTS = 10_000
MOST_SENSORS = 20


class SeriesIn(serializers.Serializer):
    """The window and how many points; `from` is added, a word that Python keeps for itself."""

    to = serializers.DateTimeField(required=False)
    points = serializers.IntegerField(
        min_value=2,
        max_value=MOST_POINTS,
        required=False,
        help_text="never more than that many; 800 unless told",
    )
    resolution = serializers.ChoiceField(RESOLUTIONS, default="auto")
    format = serializers.ChoiceField(("json", "csv", "arrow"), default="json")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateTimeField(required=False), **super().get_fields()}


class SensorReadingsIn(SeriesIn, ReadingsIn):
    """Both ways to ask: `points`, `resolution` or `format` for a chart, else pages of readings."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["resolution"].required = False
        return fields


class SeveralReadingsIn(SeriesIn):
    sensors = serializers.CharField(help_text="codes, separated by commas; twenty at most")

    def validate_sensors(self, text: str) -> list[str]:
        """Return the codes, each once, in the order asked for."""
        codes = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        if not 1 <= len(codes) <= MOST_SENSORS:
            raise serializers.ValidationError(_("Name one sensor at least and twenty at most."))
        return codes


class PointOut(serializers.Serializer):
    at = serializers.DateTimeField(help_text="device time; of a bucket, its start")
    value = serializers.FloatField(allow_null=True, help_text="of a bucket, the mean of the usable readings")
    first = serializers.FloatField(allow_null=True, required=False)
    last = serializers.FloatField(allow_null=True, required=False)
    count = serializers.IntegerField(required=False)
    quality = serializers.IntegerField(help_text="192 good, 64 uncertain or mixed, 0 bad")
    coverage = serializers.FloatField(allow_null=True, required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Name the extremes `min` and `max`, which Python keeps for itself."""
        extremes = {name: serializers.FloatField(allow_null=True, required=False) for name in ("min", "max")}
        return {**super().get_fields(), **extremes}


class GapOut(serializers.Serializer):
    to = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class SeriesOut(serializers.Serializer):
    """A series; a page of readings has no more than the first fields, `next` and `results`."""

    sensor = serializers.CharField()
    name = serializers.CharField(required=False)
    unit = serializers.CharField()
    quantity = serializers.CharField()
    to = serializers.DateTimeField()
    resolution = serializers.ChoiceField(RESOLUTIONS[1:], required=False)
    width_s = serializers.IntegerField(required=False, help_text="of a bucket; 0 for the readings themselves")
    downsampled = serializers.BooleanField()
    coverage = serializers.FloatField(
        required=False, help_text="share of the expected intervals that have a usable reading"
    )
    gaps = GapOut(many=True, required=False)
    gaps_precision_s = serializers.IntegerField(required=False)
    gaps_truncated = serializers.BooleanField(required=False)
    next = serializers.URLField(allow_null=True)
    results = PointOut(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class SeveralReadingsOut(serializers.Serializer):
    to = serializers.DateTimeField()
    series = SeriesOut(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}
