-- What a tile leaves out for being smaller than its grid is told in a layer of its own: how many there are, how many drawn.
WITH bounds AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile
), summary AS (
    SELECT
        1 AS feature_id, %(count)s::int AS count, %(drawn)s::int AS drawn,
        ST_AsMVTGeom(ST_Centroid(bounds.tile), bounds.tile, 4096, 0) AS geom
    FROM bounds
)
SELECT ST_AsMVT(summary, %(layer)s || '-summary', 4096, 'geom', 'feature_id') FROM summary
