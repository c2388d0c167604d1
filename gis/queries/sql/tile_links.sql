-- Links of one tile: pipes and lines as lines, simplified to a quarter of a pixel; devices as points at their middle.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide,
        40075016.7 / (1 << %(z)s) / 2048 AS tolerance
), found AS (
    SELECT
        link.id AS feature_id, link.id, link.code, link.kind, network.code AS network, network.utility,
        link.state, link.diameter_mm, link.synthetic, 1 AS count,
        ST_AsMVTGeom(
            CASE
                WHEN link.kind IN ('pipe', 'line') THEN ST_Simplify(link.geom_3857, bounds.tolerance, true)
                ELSE ST_LineInterpolatePoint(link.geom_3857, 0.5)
            END,
            bounds.tile, 4096, 256
        ) AS geom
    FROM bounds
    JOIN gis_link AS link ON link.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = link.network_id
    WHERE %(everywhere)s OR ST_Intersects(link.geom, %(area)s::geometry)
    LIMIT %(most)s + 1
)
SELECT count(*), count(geom), ST_AsMVT(found, 'links', 4096, 'geom', 'feature_id') FROM found
