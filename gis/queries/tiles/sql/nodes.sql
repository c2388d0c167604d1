-- Nodes of one tile, with those just outside it, on its grid by plain arithmetic.
WITH bounds AS (
    SELECT
        ST_XMin(tile) AS west, ST_YMax(tile) AS north, 4096 / (ST_XMax(tile) - ST_XMin(tile)) AS scale,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide
    FROM ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile
), area AS MATERIALIZED (
    SELECT ST_Union(geom) AS geom FROM gis_zone WHERE id = ANY (%(zones)s)
), found AS (
    SELECT
        node.id AS feature_id, node.id, node.code, node.kind, network.utility, network.code AS network,
        node.is_source AS source,
        ST_MakePoint(
            round((ST_X(node.geom_3857) - west) * scale), round((north - ST_Y(node.geom_3857)) * scale)
        ) AS geom
    FROM bounds
    JOIN gis_node AS node ON node.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = node.network_id
    WHERE %(everywhere)s OR ST_Intersects(node.geom, (SELECT geom FROM area))
    LIMIT %(most)s + 1
)
SELECT count(*), ST_AsMVT(found, 'nodes', 4096, 'geom', 'feature_id') FROM found
