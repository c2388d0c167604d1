"""Vector files in Arrow batches: GeoPackage, zipped Shapefile, GeoJSON, FlatGeobuf, tables in CSV."""

from __future__ import annotations

from gis.adapters.vector.dataset import opened, utility_of
from gis.adapters.vector.layers import GEOMETRY, Batch, LayerDescription, VectorLayer

__all__ = ["GEOMETRY", "Batch", "LayerDescription", "VectorLayer", "opened", "utility_of"]
