-- Zones in force in one tile: outlines where one can be seen, and for the zones smaller than a 32nd of the tile a point
-- for each cell of 32 x 32 with their `count`. The public sees outlines no finer than 25 metres.
WITH bounds AS (
    SELECT
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide,
        40075016.685578488 / (1 << %(z)s) / 32 AS side,
        greatest(40075016.7 / (1 << %(z)s) / 2048, CASE WHEN %(coarse)s THEN 25 ELSE 0 END) AS tolerance
), inside AS (
    SELECT
        zone.id, zone.code, zone.kind, zone.name_fr, zone.name_ar, zone.geom_3857,
        greatest(ST_XMax(geom_3857) - ST_XMin(geom_3857), ST_YMax(geom_3857) - ST_YMin(geom_3857)) < side AS small
    FROM bounds
    JOIN gis_zone AS zone ON zone.geom_3857 && bounds.wide
    WHERE zone.valid @> now()
    LIMIT %(most)s + 1
), found AS (
    SELECT
        inside.id AS feature_id, inside.id, inside.code, inside.kind, inside.name_fr, inside.name_ar, 1 AS count,
        ST_AsMVTGeom(ST_Simplify(inside.geom_3857, bounds.tolerance, true), bounds.tile, 4096, 256) AS geom
    FROM bounds CROSS JOIN inside
    WHERE NOT inside.small
    UNION ALL
    SELECT
        min(inside.id), 0, '', 'cell', '', '', count(*),
        ST_MakePoint(128 * across + 64, 128 * down + 64)
    FROM bounds
    CROSS JOIN inside
    CROSS JOIN LATERAL (
        SELECT
            floor(((ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 2 - ST_XMin(tile)) / side)::int AS across,
            floor((ST_YMax(tile) - (ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 2) / side)::int AS down
    ) AS middle
    WHERE inside.small AND across BETWEEN 0 AND 31 AND down BETWEEN 0 AND 31
    GROUP BY across, down
)
SELECT (SELECT count(*) FROM inside), ST_AsMVT(found, 'zones', 4096, 'geom', 'feature_id') FROM found WHERE geom IS NOT NULL
