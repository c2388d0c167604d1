-- Connection points of one tile, with those just outside it, on its grid by plain arithmetic (which takes half the time
-- of ST_AsMVTGeom). Those drawn at one place are one feature of kind
-- `connection_points`, which bears the code of the first and says in `count` how many they are. Nothing of a
-- customer stands here: names, addresses and who is critical are read one by one, and audited.
WITH bounds AS (
    SELECT
        ST_XMin(tile) AS west, ST_YMax(tile) AS north, 4096 / (ST_XMax(tile) - ST_XMin(tile)) AS scale,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide
    FROM ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile
), area AS MATERIALIZED (
    SELECT ST_Union(geom) AS geom FROM gis_zone WHERE id = ANY (%(zones)s)
), placed AS (
    SELECT
        point.id, point.code, point.network_id,
        round((ST_X(point.geom_3857) - west) * scale) AS across,
        round((north - ST_Y(point.geom_3857)) * scale) AS down
    FROM bounds
    JOIN gis_connectionpoint AS point ON point.geom_3857 && bounds.wide
    WHERE %(everywhere)s OR ST_Intersects(point.geom, (SELECT geom FROM area))
    LIMIT %(most)s + 1
), stacked AS (
    SELECT min(id) AS id, min(code) AS code, network_id, count(*) AS count, ST_MakePoint(across, down) AS geom
    FROM placed
    GROUP BY network_id, across, down
), found AS (
    SELECT
        stacked.id AS feature_id, stacked.id, stacked.code,
        CASE stacked.count WHEN 1 THEN 'connection_point' ELSE 'connection_points' END AS kind,
        network.utility, network.code AS network, stacked.count, stacked.geom
    FROM stacked
    JOIN gis_network AS network ON network.id = stacked.network_id
)
SELECT coalesce(sum(count), 0)::bigint, ST_AsMVT(found, 'connection-points', 4096, 'geom', 'feature_id') FROM found
