"""The administration site for zones and who answers for them; networks and imports are for reading."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gis.models import ImportRecord, Jurisdiction, Network, Zone


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Network)
class NetworkAdmin(ReadOnlyAdmin):
    list_display = ("code", "utility", "name_fr", "name_ar", "source_model", "placement", "topology_version")


@admin.register(Zone)
class ZoneAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "utility", "name_fr", "name_ar", "parent")
    list_filter = ("kind", "utility")
    search_fields = ("code", "name_fr", "name_ar")
    exclude = ("geom",)


@admin.register(ImportRecord)
class ImportRecordAdmin(ReadOnlyAdmin):
    list_display = ("imported_at", "network", "file_name", "file_format", "actor")


@admin.register(Jurisdiction)
class JurisdictionAdmin(admin.ModelAdmin):
    """Who sees and acts where; no zone means everywhere."""

    list_display = ("user", "zone")
    list_select_related = ("user", "zone")
    autocomplete_fields = ("zone",)
    raw_id_fields = ("user",)
