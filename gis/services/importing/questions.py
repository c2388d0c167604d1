"""Ask which coordinate system a file is in, instead of guessing."""

from __future__ import annotations

from django.contrib.gis.geos import Point

from backend.core.queries.organisation import organisation
from gis.domain.crs_question import CrsQuestion, Extent, ask_for_crs


def asked_where(layer: str, extent: Extent, unit: str | None) -> CrsQuestion:
    """Ask it of a layer or model by its extent as in the file, in the `unit` that was told."""
    area = organisation().service_area
    prepared = area.prepared if area else None
    return ask_for_crs(
        layer,
        extent,
        unit,
        lambda lon, lat: prepared is not None and prepared.contains(Point(lon, lat, srid=4326)),
    )
