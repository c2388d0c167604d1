"""The pages of telemetry, under `/telemetry/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views.telemetry import devices, families, index, letters, registers, sparkplug

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="telemetry"),
    path("devices/", devices.listed, name="telemetry_devices"),
    path("devices/<slug:code>/", devices.one, name="telemetry_device"),
    path("devices/<slug:code>/quarantine/", devices.quarantine, name="telemetry_device_quarantine"),
    path("devices/<slug:code>/family/", devices.change_family, name="telemetry_device_family"),
    path("families/", families.listed, name="telemetry_families"),
    path("families/new/", families.family, name="telemetry_family_new"),
    path("families/of/<slug:code>/", families.family, name="telemetry_family"),
    path("dead-letters/", letters.listed, name="telemetry_letters"),
    path("dead-letters/decide/", letters.decide, name="telemetry_letters_decide"),
    path("dead-letters/<int:letter_id>/", letters.one, name="telemetry_letter"),
    path("sparkplug/", sparkplug.listed, name="telemetry_sparkplug"),
    path("sparkplug/<int:edge_id>/", sparkplug.edge, name="telemetry_sparkplug_edge"),
    path("sparkplug/<int:edge_id>/decline/", sparkplug.decline, name="telemetry_sparkplug_decline"),
    path("registers/", registers.registers, name="telemetry_registers"),
]
