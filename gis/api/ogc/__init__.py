"""OGC API at `/ogc/`: Features (Core, CRS, filters in CQL2 text) and Tiles."""
