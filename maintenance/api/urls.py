"""Addresses of this app under `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from maintenance.api import complaints, incidents, orders, photos, reports

urlpatterns: list[URLPattern | URLResolver] = [
    path("report-categories/", reports.CategoryList.as_view(), name="maintenance-categories"),
    path("reports/", reports.ReportList.as_view(), name="maintenance-reports"),
    path("reports/<str:reference>/", reports.ReportDetailView.as_view(), name="maintenance-report"),
    path(
        "reports/<str:reference>/transitions/",
        reports.ReportTransitions.as_view(),
        name="maintenance-report-transitions",
    ),
    path(
        "reports/<str:reference>/moderation/",
        reports.ReportModeration.as_view(),
        name="maintenance-report-moderation",
    ),
    path("incidents/", incidents.IncidentList.as_view(), name="maintenance-incidents"),
    path("incidents/<int:pk>/", incidents.IncidentDetailView.as_view(), name="maintenance-incident"),
    path(
        "incidents/<int:pk>/transitions/",
        incidents.IncidentTransitions.as_view(),
        name="maintenance-incident-transitions",
    ),
    path(
        "incidents/<int:pk>/members/",
        incidents.IncidentMembers.as_view(),
        name="maintenance-incident-members",
    ),
    path(
        "incidents/<int:pk>/members/<int:member>/unlink/",
        incidents.IncidentUnlink.as_view(),
        name="maintenance-incident-unlink",
    ),
    path(
        "incidents/<int:pk>/restoration/",
        incidents.IncidentRestoration.as_view(),
        name="maintenance-incident-restoration",
    ),
    path("incident-proposals/", incidents.ProposalList.as_view(), name="maintenance-proposals"),
    path(
        "incident-proposals/<int:pk>/accept/",
        incidents.ProposalAccept.as_view(),
        name="maintenance-proposal-accept",
    ),
    path(
        "incident-proposals/<int:pk>/dismiss/",
        incidents.ProposalDismiss.as_view(),
        name="maintenance-proposal-dismiss",
    ),
    path("work-orders/", orders.OrderList.as_view(), name="maintenance-orders"),
    path("work-orders/<int:pk>/", orders.OrderDetailView.as_view(), name="maintenance-order"),
    path(
        "work-orders/<int:pk>/transitions/",
        orders.OrderTransitions.as_view(),
        name="maintenance-order-transitions",
    ),
    path("work-orders/<int:pk>/assign/", orders.OrderAssign.as_view(), name="maintenance-order-assign"),
    path(
        "work-orders/<int:pk>/suggestions/",
        orders.OrderSuggestions.as_view(),
        name="maintenance-order-suggestions",
    ),
    path("work-orders/<int:pk>/notes/", orders.OrderNotes.as_view(), name="maintenance-order-notes"),
    path("work-orders/<int:pk>/photos/", orders.OrderPhotos.as_view(), name="maintenance-order-photos"),
    path(
        "report-photos/<uuid:public_id>/", photos.ReportPhotoView.as_view(), name="maintenance-report-photo"
    ),
    path("order-photos/<uuid:public_id>/", photos.OrderPhotoView.as_view(), name="maintenance-order-photo"),
    path(
        "zones/<slug:code>/complaints/",
        complaints.ZoneComplaintsView.as_view(),
        name="maintenance-zone-complaints",
    ),
]
