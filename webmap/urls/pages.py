"""The citizens' pages, the technicians' and the dispatchers'."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views import corrections, demo, field, zones
from webmap.views.citizen import home, report, track
from webmap.views.dispatch import board, incidents, orders, reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("report/", report.start, name="report"),
    path("report/<uuid:key>/photo/", report.photo, name="report_photo"),
    path("report/<uuid:key>/<slug:name>/", report.step, name="report_step"),
    path("track/", track.find, name="track_find"),
    path("track/<str:reference>/", track.track, name="track"),
    path("track/<str:reference>/answer/", track.answer, name="track_answer"),
    path("track/<str:reference>/reopen/", track.reopen, name="track_reopen"),
    path("zones/", zones.zones, name="zones"),
    path("zones/<slug:code>/", zones.zone, name="zone"),
    path("zones/<slug:code>/figures.csv", zones.figures, name="zone_figures"),
    path("field/", field.day, name="field"),
    path("field/corrections/", corrections.find, name="field_corrections"),
    path(
        "field/corrections/<slug:network>/<slug:kind>/<str:code>/",
        corrections.write,
        name="field_correction",
    ),
    path("field/orders/<int:order_id>/", field.order, name="field_order"),
    path("field/orders/<int:order_id>/transition/", field.transition, name="field_transition"),
    path("field/orders/<int:order_id>/note/", field.note, name="field_note"),
    path("field/orders/<int:order_id>/photo/", field.photo, name="field_photo"),
    path("dispatch/", board.desk, name="dispatch"),
    path("dispatch/proposals/<int:proposal_id>/accept/", board.accept, name="proposal_accept"),
    path("dispatch/proposals/<int:proposal_id>/dismiss/", board.dismiss, name="proposal_dismiss"),
    path("dispatch/incidents/<int:incident_id>/", incidents.incident, name="dispatch_incident"),
    path(
        "dispatch/incidents/<int:incident_id>/transition/", incidents.transition, name="incident_transition"
    ),
    path(
        "dispatch/incidents/<int:incident_id>/restoration/",
        incidents.restoration,
        name="incident_restoration",
    ),
    path("dispatch/incidents/<int:incident_id>/link/", incidents.link, name="incident_link"),
    path(
        "dispatch/incidents/<int:incident_id>/members/<int:member_id>/unlink/",
        incidents.unlink,
        name="incident_unlink",
    ),
    path("dispatch/incidents/<int:incident_id>/order/", incidents.order, name="incident_order"),
    path("dispatch/orders/<int:order_id>/", orders.order, name="dispatch_order"),
    path("dispatch/orders/<int:order_id>/assign/", orders.assign, name="order_assign"),
    path("dispatch/orders/<int:order_id>/transition/", orders.transition, name="order_transition"),
    path("dispatch/reports/", reports.listed, name="dispatch_reports"),
    path("dispatch/reports/<str:reference>/", reports.report, name="dispatch_report"),
    path("dispatch/reports/<str:reference>/transition/", reports.transition, name="report_transition"),
    path("dispatch/reports/<str:reference>/incident/", reports.open_incident, name="report_incident"),
    path("demo/sms/", demo.sms, name="demo_sms"),
]
