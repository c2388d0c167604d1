-- Nodes of one tile, at most as many as asked and one more: the caller then knows that they were too many.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide
), found AS (
    SELECT
        node.id AS feature_id, node.id, node.code, node.kind, network.code AS network, network.utility,
        node.is_source AS source, node.synthetic, 1 AS count,
        ST_AsMVTGeom(node.geom_3857, bounds.tile, 4096, 256) AS geom
    FROM bounds
    JOIN gis_node AS node ON node.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = node.network_id
    WHERE %(everywhere)s OR ST_Intersects(node.geom, %(area)s::geometry)
    LIMIT %(most)s + 1
)
SELECT count(*), count(geom), ST_AsMVT(found, 'nodes', 4096, 'geom', 'feature_id') FROM found
