-- Links of one tile: pipes and lines as lines, simplified to half a unit of the tile's grid; devices as points at their
-- middle. A line too short for the grid is a point too: nothing is left out.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide,
        40075016.7 / (1 << %(z)s) / 2048 AS tolerance
), area AS MATERIALIZED (
    SELECT ST_Union(geom) AS geom FROM gis_zone WHERE id = ANY (%(zones)s)
), found AS (
    SELECT
        link.id AS feature_id, link.id, link.code, link.kind, network.utility, network.code AS network, link.state,
        coalesce(
            CASE WHEN link.kind IN ('pipe', 'line') THEN
                ST_AsMVTGeom(
                    CASE
                        WHEN ST_NPoints(link.geom_3857) = 2 THEN link.geom_3857
                        ELSE ST_Simplify(link.geom_3857, bounds.tolerance, true)
                    END,
                    bounds.tile, 4096, 256
                )
            END,
            ST_AsMVTGeom(ST_LineInterpolatePoint(link.geom_3857, 0.5), bounds.tile, 4096, 256)
        ) AS geom
    FROM bounds
    JOIN gis_link AS link ON link.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = link.network_id
    WHERE %(everywhere)s OR ST_Intersects(link.geom, (SELECT geom FROM area))
    LIMIT %(most)s + 1
)
SELECT count(*), ST_AsMVT(found, 'links', 4096, 'geom', 'feature_id') FROM found WHERE geom IS NOT NULL
