-- The mains among the links of a tile that has too many, and cells with how many others there are. Both share six
-- attributes; the id of a main is that of its feature.
WITH RECURSIVE {cells}, bounds AS (
    SELECT
        tile, ST_XMin(tile) AS west, ST_YMax(tile) AS north, 4096 / (ST_XMax(tile) - ST_XMin(tile)) AS scale,
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625) AS wide,
        40075016.7 / (1 << %(z)s) / 2048 AS tolerance
    FROM ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile
), mains AS MATERIALIZED (
    SELECT link.id, link.code, link.kind, link.state, link.geom_3857, network.utility, network.code AS network
    FROM bounds
    JOIN gis_link AS link ON link.geom_3857 && bounds.wide
    JOIN gis_network AS network ON network.id = link.network_id
    WHERE gis_main_rank(link.kind, link.diameter_mm, link.attributes) >= {rank}
        AND (
            %(everywhere)s
            OR ST_Intersects(link.geom, (SELECT ST_Union(geom) FROM gis_zone WHERE id = ANY (%(zones)s)))
        )
), shown AS (
    -- Where each counts, as the cells do: by the middle of its box.
    SELECT across, down, utility, count(*) AS count
    FROM mains
    CROSS JOIN LATERAL (
        SELECT
            floor(((ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 80150033.371156976 + 0.5) * (%(side)s::bigint << %(z)s))
                ::bigint - %(x)s::bigint * %(side)s AS across,
            floor((0.5 - (ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 80150033.371156976) * (%(side)s::bigint << %(z)s))
                ::bigint - %(y)s::bigint * %(side)s AS down
    ) AS middle
    GROUP BY 1, 2, 3
), others AS (
    SELECT cells.across, cells.down, cells.utility, cells.count - coalesce(shown.count, 0) AS count
    FROM cells LEFT JOIN shown USING (across, down, utility)
), found AS (
    SELECT
        link.id AS feature_id, link.code, link.kind, link.utility, link.network, link.state, NULL::int AS count,
        drawn.geom
    FROM bounds
    CROSS JOIN mains AS link
    {drawn}
    WHERE drawn.geom IS NOT NULL
    UNION ALL
    SELECT
        NULL, '', 'cell', utility, NULL, NULL, count,
        ST_MakePoint((2 * across + 1) * (2048 / %(side)s), (2 * down + 1) * (2048 / %(side)s))
    FROM others
    WHERE count > 0
)
SELECT (SELECT coalesce(sum(count), 0)::bigint FROM others WHERE count > 0),
    ST_AsMVT(found, 'links', 4096, 'geom', 'feature_id')
FROM found
