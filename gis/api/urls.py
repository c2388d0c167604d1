"""Addresses of this app under `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from gis.api.corrections import CorrectionViewSet
from gis.api.export_jobs import ExportFileView, ExportView, NetworkExportsView
from gis.api.exports import NetworkExportView
from gis.api.networks import NetworkListView, SearchView
from gis.api.quality import FindingViewSet, QualityCheckView
from gis.api.removed import RemovedConnectionPointViewSet, RemovedLinkViewSet, RemovedNodeViewSet
from gis.api.traces import TraceView
from gis.api.views import ConnectionPointViewSet, LinkViewSet, NodeViewSet, ZoneViewSet
from gis.api.zones import ZoneProposalViewSet

router = SimpleRouter()
router.register("nodes", NodeViewSet, basename="gis-node")
router.register("links", LinkViewSet, basename="gis-link")
router.register("connection-points", ConnectionPointViewSet, basename="gis-connection-point")
router.register("zones", ZoneViewSet, basename="gis-zone")
router.register("zone-proposals", ZoneProposalViewSet, basename="gis-zone-proposal")

router.register("corrections", CorrectionViewSet, basename="gis-correction")
router.register("removed-nodes", RemovedNodeViewSet, basename="gis-removed-node")
router.register("removed-links", RemovedLinkViewSet, basename="gis-removed-link")
router.register(
    "removed-connection-points", RemovedConnectionPointViewSet, basename="gis-removed-connection-point"
)
router.register("quality-findings", FindingViewSet, basename="gis-finding")

urlpatterns: list[URLPattern | URLResolver] = [
    path("networks/", NetworkListView.as_view(), name="gis-network-list"),
    path("networks/<slug:code>/export/", NetworkExportView.as_view(), name="gis-network-export"),
    path("networks/<slug:code>/exports/", NetworkExportsView.as_view(), name="gis-network-exports"),
    path("exports/<uuid:public_id>/", ExportView.as_view(), name="gis-export"),
    path("exports/<uuid:public_id>/file/", ExportFileView.as_view(), name="gis-export-file"),
    path("search/", SearchView.as_view(), name="gis-search"),
    path("traces/", TraceView.as_view(), name="gis-trace"),
    path("quality-checks/", QualityCheckView.as_view(), name="gis-quality-checks"),
    *router.urls,
]
