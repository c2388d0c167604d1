"""Devices and what went wrong with them, for reading: files and services write them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backend.core.admin import ReadOnlyAdmin
from telemetry.models import (
    AlarmRule,
    DeadLetter,
    Device,
    DeviceFamily,
    QuarantinedReading,
    RetentionRun,
    Sensor,
    SequenceGap,
    StoragePolicy,
)
from telemetry.services.retention import save_policy


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "protocol", "family", "last_seen_at", "last_seq", "last_error", "active")
    list_filter = ("protocol", "family", "active")
    search_fields = ("code", "name")


@admin.register(DeviceFamily)
class DeviceFamilyAdmin(ReadOnlyAdmin):
    list_display = ("code", "protocol", "name_fr", "name_ar", "version", "updated_at")
    list_filter = ("protocol",)
    search_fields = ("code", "name_fr", "name_ar")


@admin.register(Sensor)
class SensorAdmin(ReadOnlyAdmin):
    list_display = ("code", "quantity", "unit", "expected_interval_s", "cumulative", "active")
    list_filter = ("quantity", "cumulative", "active")
    search_fields = ("code", "name_fr", "name_ar")


@admin.register(AlarmRule)
class AlarmRuleAdmin(ReadOnlyAdmin):
    list_display = (
        "sensor",
        "code",
        "kind",
        "limit",
        "deadband",
        "on_delay_s",
        "off_delay_s",
        "priority",
        "active",
    )
    list_select_related = ("sensor",)
    list_filter = ("kind", "priority", "active")


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    list_display = ("topic", "reason", "detail", "size", "occurrences", "received_at", "replayed_at")
    list_filter = ("reason",)
    exclude = ("payload",)


@admin.register(SequenceGap)
class SequenceGapAdmin(ReadOnlyAdmin):
    list_display = ("device", "first", "last", "detected_at", "asks", "asked_at", "filled_at", "abandoned_at")
    list_select_related = ("device",)


@admin.register(StoragePolicy)
class StoragePolicyAdmin(admin.ModelAdmin):
    list_display = ("family", "quantity", "raw_days", "minute_days", "quarter_days", "hour_days", "day_days")

    def save_model(self, request: HttpRequest, obj: StoragePolicy, form: Any, change: bool) -> None:
        save_policy(policy=obj)


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "rows", "error")


@admin.register(QuarantinedReading)
class QuarantinedReadingAdmin(ReadOnlyAdmin):
    list_display = (
        "device",
        "sensor",
        "at",
        "received_at",
        "value",
        "reason",
        "state",
        "stored_at",
        "resolved_by",
    )
    list_select_related = ("device", "sensor", "resolved_by")
    list_filter = ("state", "reason")
