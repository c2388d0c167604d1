-- Connection points of one tile. No name, no address: those are read one by one, and audited.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide
), found AS (
    SELECT
        point.id AS feature_id, point.id, point.code, 'connection_point' AS kind,
        network.code AS network, network.utility, point.category, point.critical_kind, point.synthetic, 1 AS count,
        ST_AsMVTGeom(point.geom_3857, bounds.tile, 4096, 256) AS geom
    FROM bounds
    JOIN gis_connectionpoint AS point ON point.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = point.network_id
    WHERE %(everywhere)s OR ST_Intersects(point.geom, %(area)s::geometry)
    LIMIT %(most)s + 1
)
SELECT count(*), count(geom), ST_AsMVT(found, 'connection-points', 4096, 'geom', 'feature_id') FROM found
