"""Ask which coordinate system a file is in, instead of guessing."""

from __future__ import annotations

import shapely

from backend.core.queries.organisation import organisation
from gis.domain.crs_question import CrsQuestion, Extent, ask_for_crs


def asked_where(layer: str, extent: Extent, unit: str | None) -> CrsQuestion:
    """Ask it of a layer or model by its extent as in the file, in the `unit` that was told."""
    area = organisation().service_area
    shape = shapely.from_wkb(bytes(area.wkb)) if area else None
    return ask_for_crs(
        layer,
        extent,
        unit,
        lambda lon, lat: shape is not None and bool(shapely.contains_xy(shape, lon, lat)),
    )
