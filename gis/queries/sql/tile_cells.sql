-- A tile with too much in it: one point per cell of a 64 x 64 grid, with how many it stands for in `count`.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        40075016.7 / (1 << %(z)s) / 64 AS size
), cells AS (
    SELECT
        floor(ST_X(place) / bounds.size) AS across,
        floor(ST_Y(place) / bounds.size) AS down,
        row.network_id,
        count(*) AS count
    FROM bounds
    JOIN {table} AS row ON row.geom_3857 && bounds.tile
    CROSS JOIN LATERAL ST_Centroid(ST_Envelope(row.geom_3857)) AS place
    WHERE ST_Intersects(place, bounds.tile)
        AND (%(everywhere)s OR ST_Intersects(row.geom, %(area)s::geometry))
    GROUP BY across, down, row.network_id
), found AS (
    SELECT
        row_number() OVER (ORDER BY cells.down, cells.across, network.id) AS feature_id,
        0 AS id, '' AS code, 'cell' AS kind, network.code AS network, network.utility, cells.count,
        ST_AsMVTGeom(
            ST_SetSRID(ST_MakePoint((across + 0.5) * bounds.size, (down + 0.5) * bounds.size), 3857),
            bounds.tile, 4096, 0
        ) AS geom
    FROM bounds
    CROSS JOIN cells
    JOIN gis_network AS network ON network.id = cells.network_id
)
SELECT count(*), ST_AsMVT(found, %(layer)s, 4096, 'geom', 'feature_id') FROM found
