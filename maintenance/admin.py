"""What an administrator sets up: the catalogue and the crews. Nothing that has a state is written here."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.gis.admin import GISModelAdmin

from maintenance.models import Category, Shift, Skill, Technician


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ("code", "name_fr", "name_ar", "utility", "priority", "urgent", "active")
    list_filter = ("utility", "active")
    search_fields = ("code", "name_fr", "name_ar")


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):
    list_display = ("code", "name_fr", "name_ar")
    search_fields = ("code", "name_fr", "name_ar")


class ShiftInline(admin.TabularInline):
    model = Shift
    extra = 1


@admin.register(Technician)
class TechnicianAdmin(GISModelAdmin):
    list_display = ("user",)
    filter_horizontal = ("skills",)
    autocomplete_fields = ("user",)
    inlines = (ShiftInline,)
