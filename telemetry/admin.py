"""Devices and what went wrong with them, for reading: files and services write them."""

from __future__ import annotations

from django.contrib import admin

from backend.core.admin import ReadOnlyAdmin
from telemetry.models import AlarmRule, DeadLetter, Device, DeviceFamily, Sensor, SequenceGap


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
