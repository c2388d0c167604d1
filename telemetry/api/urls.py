"""Addresses of this app under `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from telemetry.api import alarm_views, readings, register_views, replay, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("devices/", views.DeviceList.as_view(), name="device-list"),
    path("devices/<str:code>/", views.DeviceDetail.as_view(), name="device-detail"),
    path("sensors/", views.SensorList.as_view(), name="sensor-list"),
    path("sensors/<str:code>/", views.SensorDetail.as_view(), name="sensor-detail"),
    path("sensors/<str:code>/readings/", readings.SensorReadings.as_view(), name="sensor-readings"),
    path("readings/", readings.SeveralReadings.as_view(), name="readings"),
    path("replay/", replay.Replay.as_view(), name="replay"),
    path("alarms/", alarm_views.AlarmList.as_view(), name="alarm-list"),
    path("alarms/<int:pk>/", alarm_views.AlarmDetail.as_view(), name="alarm-detail"),
    path("alarms/<int:pk>/transitions/", alarm_views.AlarmTransitions.as_view(), name="alarm-transitions"),
    path("register-previews/", register_views.RegisterPreviews.as_view(), name="register-preview-list"),
    path("dead-letters/", views.DeadLetterList.as_view(), name="dead-letter-list"),
]
