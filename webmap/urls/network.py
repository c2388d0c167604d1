"""The networks' own pages, under `/network/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from webmap.views.network import imports, index

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="network"),
    path("import/", imports.imports, name="network_import"),
    path("import/records/<int:record_id>/undo/", imports.undo, name="network_import_undo"),
    path("import/<uuid:job_id>/", imports.job, name="network_import_job"),
    path("import/<uuid:job_id>/piece/", imports.piece, name="network_import_piece"),
    path("import/<uuid:job_id>/confirm/", imports.confirm, name="network_import_confirm"),
    path("import/<uuid:job_id>/discard/", imports.discard, name="network_import_discard"),
    path("import/<uuid:job_id>/errors.csv", imports.errors, name="network_import_errors"),
]
