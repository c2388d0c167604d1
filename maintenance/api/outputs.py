"""What is answered: the frozen rows and details of `maintenance.queries`, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Row(serializers.Serializer[Any]):
    """What every thing with a state and a place shows. `lon`, `lat` in degrees, EPSG:4326."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    version = serializers.IntegerField()
    allowed = serializers.ListField(child=serializers.CharField())
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)


class ReportRowOutput(Row):
    reference = serializers.CharField()
    category = serializers.CharField(source="category_code")
    category_label = serializers.CharField(source="category")
    urgent = serializers.BooleanField()
    text = serializers.CharField()
    place = serializers.CharField()
    zone = serializers.CharField(allow_null=True)
    zone_name = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    state_at = serializers.DateTimeField()
    photos = serializers.IntegerField()
    incident_id = serializers.IntegerField(allow_null=True)
    incident_code = serializers.CharField(allow_null=True)
    in_service_area = serializers.BooleanField()
    moderation = serializers.CharField()
    language = serializers.CharField()


class IncidentRowOutput(Row):
    code = serializers.CharField()
    title = serializers.CharField()
    utility = serializers.CharField()
    group_label = serializers.CharField()
    zone = serializers.CharField(allow_null=True)
    affected = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    state_at = serializers.DateTimeField()
    expected_at = serializers.DateTimeField(allow_null=True)
    reports = serializers.IntegerField()
    alarms = serializers.IntegerField()
    orders = serializers.IntegerField()


class OrderRowOutput(Row):
    code = serializers.CharField()
    title = serializers.CharField()
    utility = serializers.CharField()
    priority = serializers.IntegerField()
    priority_label = serializers.CharField()
    incident_id = serializers.IntegerField(allow_null=True)
    incident_code = serializers.CharField(allow_null=True)
    technician_id = serializers.IntegerField(allow_null=True)
    technician = serializers.CharField(allow_null=True)
    skill = serializers.CharField(allow_null=True)
    place = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    state_at = serializers.DateTimeField()
    pause_kind = serializers.CharField()


class EvidenceOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    reference = serializers.CharField(allow_null=True)
    alarm_id = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)


class ProposalOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    title = serializers.CharField()
    group_label = serializers.CharField()
    kind = serializers.CharField()
    utility = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    evidence = EvidenceOutput(many=True)
    incident_id = serializers.IntegerField(allow_null=True)
    incident_code = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class ValveOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()


class HistoryOutput(serializers.Serializer[Any]):
    to = serializers.CharField()
    from_label = serializers.CharField()
    to_label = serializers.CharField()
    actor = serializers.CharField()
    reason = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class MemberOutput(EvidenceOutput):
    id = serializers.IntegerField()
    active = serializers.BooleanField()


class AffectedOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    address = serializers.CharField()
    critical_kind = serializers.CharField()


class PhotoOutput(serializers.Serializer[Any]):
    public_id = serializers.UUIDField()
    caption = serializers.CharField()
    at = serializers.DateTimeField()
    url = serializers.CharField()


class NoteOutput(serializers.Serializer[Any]):
    text = serializers.CharField()
    author = serializers.CharField()
    at = serializers.DateTimeField()


class IncidentDetailOutput(serializers.Serializer[Any]):
    valves = ValveOutput(many=True)
    affected_points = AffectedOutput(many=True, source="affected")
    members = MemberOutput(many=True)
    work_orders = OrderRowOutput(many=True, source="orders")
    history = HistoryOutput(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    active_alarms = serializers.IntegerField()
    merged_into = serializers.CharField(allow_null=True)


class OrderDetailOutput(serializers.Serializer[Any]):
    instructions = serializers.CharField()
    valves = ValveOutput(many=True)
    notes = NoteOutput(many=True)
    photos = PhotoOutput(many=True)
    history = HistoryOutput(many=True)
    incident = IncidentRowOutput(allow_null=True)
    reports = serializers.ListField(child=serializers.CharField())
    photos_required = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField())


class NearestOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    code = serializers.CharField()
    distance_m = serializers.FloatField()


class ReportDetailOutput(serializers.Serializer[Any]):
    phone = serializers.CharField()
    pictures = PhotoOutput(many=True, source="photos")
    history = HistoryOutput(many=True)
    nearest = NearestOutput(allow_null=True)
    duplicate_of = serializers.CharField(allow_null=True)
    recorded_by = serializers.CharField()


class StepOutput(serializers.Serializer[Any]):
    state = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField(allow_null=True)
    done = serializers.BooleanField()
    current = serializers.BooleanField()


class TrackedOutput(serializers.Serializer[Any]):
    """What anyone who holds the reference may know."""

    reference = serializers.CharField()
    category = serializers.CharField(source="category_code")
    category_label = serializers.CharField(source="category")
    state = serializers.CharField()
    state_label = serializers.CharField()
    version = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    zone = serializers.CharField(allow_null=True)
    zone_name = serializers.CharField()
    in_service_area = serializers.BooleanField()
    steps = StepOutput(many=True)
    question = serializers.CharField()
    explanation = serializers.CharField()
    expected_at = serializers.DateTimeField(allow_null=True)
    can_reopen_until = serializers.DateTimeField(allow_null=True)
    photo_count = serializers.IntegerField()
    duplicate_of = serializers.CharField(allow_null=True)


class SubmittedOutput(serializers.Serializer[Any]):
    reference = serializers.CharField()
    track_url = serializers.URLField()
    zone = serializers.CharField(allow_null=True)
    nearest = NearestOutput(allow_null=True)
    in_service_area = serializers.BooleanField()


class SuggestionOutput(serializers.Serializer[Any]):
    technician = serializers.IntegerField(source="technician.pk")
    name = serializers.CharField()
    distance_m = serializers.FloatField(allow_null=True)
    on_shift_until = serializers.DateTimeField()
    open_orders = serializers.IntegerField()
    explanation = serializers.CharField()


class ComplaintBucketOutput(serializers.Serializer[Any]):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    value = serializers.IntegerField()
    open = serializers.IntegerField()
    by_category = serializers.DictField(child=serializers.IntegerField())
    coverage = serializers.FloatField(allow_null=True)


class ZoneComplaintsOutput(serializers.Serializer[Any]):
    zone = serializers.CharField()
    zone_name = serializers.CharField()
    unit = serializers.CharField()
    coverage = serializers.FloatField(allow_null=True)
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    by_category = serializers.DictField(child=serializers.IntegerField())
    series = ComplaintBucketOutput(many=True)


class CategoryOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    name_fr = serializers.CharField()
    name_ar = serializers.CharField()
    utility = serializers.CharField()
    urgent = serializers.BooleanField()
