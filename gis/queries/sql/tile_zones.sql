-- Zones in force in one tile. The public sees outlines no finer than 25 metres.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide,
        greatest(40075016.7 / (1 << %(z)s) / 2048, CASE WHEN %(coarse)s THEN 25 ELSE 0 END) AS tolerance
), found AS (
    SELECT
        zone.id AS feature_id, zone.id, zone.code, zone.kind, zone.utility, zone.name_fr, zone.name_ar, 1 AS count,
        ST_AsMVTGeom(ST_SimplifyPreserveTopology(zone.geom_3857, bounds.tolerance), bounds.tile, 4096, 256) AS geom
    FROM bounds
    JOIN gis_zone AS zone ON zone.geom_3857 && bounds.wide
    WHERE zone.valid @> now()
    LIMIT %(most)s + 1
)
SELECT count(*), count(geom), ST_AsMVT(found, 'zones', 4096, 'geom', 'feature_id') FROM found
