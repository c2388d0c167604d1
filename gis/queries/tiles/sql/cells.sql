-- A tile of cells: a point in the middle of each, with how many elements it stands for in `count`.
WITH RECURSIVE {cells}, found AS (
    SELECT
        row_number() OVER () AS feature_id, 0 AS id, '' AS code, 'cell' AS kind, utility, count,
        ST_MakePoint((2 * across + 1) * (2048 / %(side)s), (2 * down + 1) * (2048 / %(side)s)) AS geom
    FROM cells
)
SELECT coalesce(sum(count), 0)::bigint, ST_AsMVT(found, %(layer)s, 4096, 'geom', 'feature_id') FROM found
