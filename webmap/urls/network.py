"""The networks' own pages, under `/network/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views.network import (
    corrections,
    exports,
    imports,
    index,
    quality,
    removed,
    zone,
    zone_proposals,
    zones,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="network"),
    path("export/", exports.export, name="network_export"),
    path("export/<uuid:job_id>/", exports.job, name="network_export_job"),
    path("import/", imports.imports, name="network_import"),
    path("import/records/<int:record_id>/undo/", imports.undo, name="network_import_undo"),
    path("import/<uuid:job_id>/", imports.job, name="network_import_job"),
    path("import/<uuid:job_id>/piece/", imports.piece, name="network_import_piece"),
    path("import/<uuid:job_id>/confirm/", imports.confirm, name="network_import_confirm"),
    path("import/<uuid:job_id>/discard/", imports.discard, name="network_import_discard"),
    path("import/<uuid:job_id>/errors.csv", imports.errors, name="network_import_errors"),
    path("zones/", zones.zones, name="network_zones"),
    path("zones/outlines.json", zones.outlines, name="network_zones_outlines"),
    path("zones/draw/", zones.draw, name="network_zone_draw"),
    path("zones/proposals/", zone_proposals.proposals, name="network_zone_proposals"),
    path("zones/proposals/run/", zone_proposals.propose, name="network_zone_propose"),
    path("zones/proposals/outlines.json", zone_proposals.outlines, name="network_zone_proposal_outlines"),
    path("zones/proposals/decide/", zone_proposals.decide, name="network_zone_decide"),
    path("zones/of/<slug:code>/", zone.zone, name="network_zone"),
    path("zones/of/<slug:code>/outlines.json", zone.outlines, name="network_zone_outlines"),
    path("zones/of/<slug:code>/redraw/", zone.redraw, name="network_zone_redraw"),
    path("zones/of/<slug:code>/split/", zone.split, name="network_zone_split"),
    path("zones/of/<slug:code>/describe/", zone.describe, name="network_zone_describe"),
    path("zones/of/<slug:code>/close/", zone.close, name="network_zone_close"),
    path("zones/of/<slug:code>/merge/", zone.merge, name="network_zone_merge"),
    path("quality/", quality.listed, name="network_quality"),
    path("quality/check/", quality.check, name="network_quality_check"),
    path("quality/decide/", quality.decide, name="network_quality_decide"),
    path("quality/<int:finding_id>/repair/", quality.repair, name="network_quality_repair"),
    path("quality/<int:finding_id>/reopen/", quality.reopen, name="network_quality_reopen"),
    path("removed/", removed.listed, name="network_removed"),
    path("removed/<slug:table>/<int:event_id>/restore/", removed.restore, name="network_restore"),
    path("corrections/", corrections.review, name="network_corrections"),
    path("corrections/<int:correction_id>/accept/", corrections.accept, name="network_correction_accept"),
    path("corrections/<int:correction_id>/refuse/", corrections.refuse, name="network_correction_refuse"),
    path("corrections/<int:correction_id>/photo/", corrections.photo, name="network_correction_photo"),
]
