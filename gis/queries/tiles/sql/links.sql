-- Links of one tile, with those just outside it.
WITH bounds AS (
    SELECT
        tile, ST_XMin(tile) AS west, ST_YMax(tile) AS north, 4096 / (ST_XMax(tile) - ST_XMin(tile)) AS scale,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide,
        40075016.7 / (1 << %(z)s) / 2048 AS tolerance
    FROM ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile
), area AS MATERIALIZED (
    SELECT ST_Union(geom) AS geom FROM gis_zone WHERE id = ANY (%(zones)s)
), found AS (
    SELECT
        link.id AS feature_id, link.id, link.code, link.kind, network.utility, network.code AS network, link.state,
        drawn.geom
    FROM bounds
    JOIN gis_link AS link ON link.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = link.network_id
    {drawn}
    WHERE %(everywhere)s OR ST_Intersects(link.geom, (SELECT geom FROM area))
    LIMIT %(most)s + 1
)
SELECT count(*), ST_AsMVT(found, 'links', 4096, 'geom', 'feature_id') FROM found WHERE geom IS NOT NULL
