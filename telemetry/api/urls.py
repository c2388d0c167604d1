"""Addresses of this app under `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from telemetry.api import (
    alarm_care_views,
    alarm_views,
    call_views,
    family_views,
    health_views,
    readings,
    register_views,
    replay,
    rule_views,
    views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("devices/", views.DeviceList.as_view(), name="device-list"),
    path("devices/<str:code>/", views.DeviceDetail.as_view(), name="device-detail"),
    path("devices/<str:code>/health/", health_views.DeviceHealth.as_view(), name="device-health"),
    path("devices/<str:code>/quarantine/", health_views.DeviceQuarantine.as_view(), name="device-quarantine"),
    path(
        "devices/<str:code>/family/", health_views.DeviceFamilyChange.as_view(), name="device-family-change"
    ),
    path("sensors/", views.SensorList.as_view(), name="sensor-list"),
    path("sensors/<str:code>/", views.SensorDetail.as_view(), name="sensor-detail"),
    path("sensors/<str:code>/readings/", readings.SensorReadings.as_view(), name="sensor-readings"),
    path("readings/", readings.SeveralReadings.as_view(), name="readings"),
    path("replay/", replay.Replay.as_view(), name="replay"),
    path("alarms/", alarm_views.AlarmList.as_view(), name="alarm-list"),
    path("alarms/<int:pk>/", alarm_views.AlarmDetail.as_view(), name="alarm-detail"),
    path("alarms/<int:pk>/transitions/", alarm_views.AlarmTransitions.as_view(), name="alarm-transitions"),
    path("register-previews/", register_views.RegisterPreviews.as_view(), name="register-preview-list"),
    path("alarms/<int:pk>/ungroup/", alarm_views.AlarmUngroup.as_view(), name="alarm-ungroup"),
    path("alarm-reasons/", alarm_care_views.ReasonList.as_view(), name="alarm-reason-list"),
    path("alarm-groups/", alarm_care_views.GroupList.as_view(), name="alarm-group-list"),
    path(
        "alarm-groups/<int:pk>/acknowledge/",
        alarm_care_views.GroupAcknowledge.as_view(),
        name="alarm-group-acknowledge",
    ),
    path("alarm-rules/", rule_views.RuleList.as_view(), name="alarm-rule-list"),
    path("alarm-rules/<int:pk>/", rule_views.RuleDetail.as_view(), name="alarm-rule-detail"),
    path("alarm-rules/<int:pk>/aside/", rule_views.RuleAside.as_view(), name="alarm-rule-aside"),
    path("alarm-templates/", rule_views.TemplateList.as_view(), name="alarm-template-list"),
    path("alarm-templates/<int:pk>/", rule_views.TemplateDetail.as_view(), name="alarm-template-detail"),
    path("alarm-suppressions/", alarm_care_views.SuppressionList.as_view(), name="alarm-suppression-list"),
    path(
        "alarm-suppressions/<int:pk>/",
        alarm_care_views.SuppressionDetail.as_view(),
        name="alarm-suppression-detail",
    ),
    path("alarm-escalations/", call_views.EscalationList.as_view(), name="alarm-escalation-list"),
    path(
        "alarm-escalations/<int:priority>/",
        call_views.EscalationDetail.as_view(),
        name="alarm-escalation-detail",
    ),
    path("alarm-duties/", call_views.DutyList.as_view(), name="alarm-duty-list"),
    path("alarm-duties/people/", call_views.DutyPeople.as_view(), name="alarm-duty-people"),
    path("alarm-duties/<int:pk>/", call_views.DutyDetail.as_view(), name="alarm-duty-detail"),
    path("alarm-figures/", alarm_care_views.Figures.as_view(), name="alarm-figures"),
    path("alarm-journal/", alarm_care_views.Journal.as_view(), name="alarm-journal"),
    path("alarm-journal.csv", alarm_care_views.JournalFile.as_view(), name="alarm-journal-file"),
    path("dead-letters/", views.DeadLetterList.as_view(), name="dead-letter-list"),
    path("dead-letters/replay/", family_views.DeadLetterReplay.as_view(), name="dead-letter-replay"),
    path("dead-letters/discard/", family_views.DeadLetterDiscard.as_view(), name="dead-letter-discard"),
    path("device-families/", family_views.FamilyList.as_view(), name="device-family-list"),
    path("device-families/<slug:code>/", family_views.FamilyDetail.as_view(), name="device-family-detail"),
    path(
        "device-families/<slug:code>/preview/",
        family_views.FamilyPreview.as_view(),
        name="device-family-preview",
    ),
    path("sequence-gaps/", family_views.SequenceGapList.as_view(), name="sequence-gap-list"),
]
