"""Addresses of this app under `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from metering.api import meters, zones

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "zones/<slug:code>/consumption/",
        zones.ZoneConsumptionView.as_view(),
        name="metering-zone-consumption",
    ),
    path("meters/", meters.MeterList.as_view(), name="metering-meters"),
    path("meters/<str:code>/readings/", meters.MeterReadings.as_view(), name="metering-meter-readings"),
    path("meters/<str:code>/consumption/", meters.MeterDays.as_view(), name="metering-meter-consumption"),
    path("consumption-flags/", meters.FlagList.as_view(), name="metering-flags"),
]
