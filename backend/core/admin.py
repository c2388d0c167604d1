"""The administration site for people, roles and the operator; journals and deliveries are for reading."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.core.models import (
    AuditEntry,
    Message,
    Organisation,
    OutboxDelivery,
    OutboxEvent,
    RoleAssignment,
    User,
)

admin.site.site_header = _("Chabaka administration")
admin.site.site_title = _("Chabaka administration")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows that only services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleInline(admin.TabularInline):
    model = RoleAssignment
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ("username", "full_name", "phone", "language", "is_active")
    search_fields = ("username", "full_name", "phone", "email")
    inlines = (RoleInline,)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("full_name", "phone", "email", "language")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("name_fr", "name_ar", "reference_prefix")
    # The area is drawn from the network's import, not by hand.
    exclude = ("service_area", "centre")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not Organisation.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "seq", "topic", "created_at")
    list_filter = ("topic",)
    show_full_result_count = False


@admin.register(OutboxDelivery)
class OutboxDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "event", "consumer", "state", "attempts", "last_error")
    list_filter = ("state", "consumer")
    list_select_related = ("event",)
    show_full_result_count = False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "template", "language", "segments", "state")
    list_filter = ("state", "template", "language")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "subject")
    list_filter = ("action",)
    list_select_related = ("actor",)
