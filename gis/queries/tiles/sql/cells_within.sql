-- Cells of what lies within somebody's zones. A cell astride their border is looked up in its four parts, and these in
-- theirs; one of the finest (z 14: 38 m at the equator) belongs where its middle lies. A cell of a tile of z is itself
-- a tile of z + 6.
area AS MATERIALIZED (
    SELECT ST_Union(geom_3857) AS geom FROM gis_zone WHERE id = ANY (%(zones)s)
), asked AS (
    SELECT DISTINCT z::int, %(kept_x)s * 64 + (cell & 63) AS x, %(kept_y)s * 64 + (cell >> 6) AS y
    FROM gis_tilecell
    WHERE layer = %(layer)s AND z = %(kept_z)s AND x = %(kept_x)s AND y = %(kept_y)s
        AND cell & 63 BETWEEN %(left)s AND %(left)s + %(side)s - 1
        AND cell >> 6 BETWEEN %(top)s AND %(top)s + %(side)s - 1
), looked AS (
    SELECT
        asked.z, asked.x, asked.y, asked.x AS asked_x, asked.y AS asked_y,
        ST_Covers(area.geom, CASE asked.z WHEN 14 THEN ST_Centroid(place) ELSE place END) AS within
    FROM area
    CROSS JOIN asked
    CROSS JOIN ST_TileEnvelope(asked.z + 6, asked.x, asked.y) AS place
    WHERE ST_Intersects(area.geom, place)
    UNION ALL
    SELECT
        part.z, part.x, part.y, looked.asked_x, looked.asked_y,
        ST_Covers(area.geom, CASE part.z WHEN 14 THEN ST_Centroid(place) ELSE place END)
    FROM looked
    CROSS JOIN area
    CROSS JOIN generate_series(0, 3) AS quarter
    CROSS JOIN LATERAL (
        SELECT looked.z + 1 AS z, looked.x * 2 + (quarter & 1) AS x, looked.y * 2 + (quarter >> 1) AS y
    ) AS part
    CROSS JOIN ST_TileEnvelope(part.z + 6, part.x, part.y) AS place
    WHERE NOT looked.within AND looked.z < 14 AND ST_Intersects(area.geom, place)
), cells AS (
    SELECT
        asked_x - %(kept_x)s * 64 - %(left)s AS across, asked_y - %(kept_y)s * 64 - %(top)s AS down,
        network.utility, sum(kept.count)::int AS count
    FROM looked
    JOIN gis_tilecell AS kept
        ON kept.layer = %(layer)s AND kept.z = looked.z AND kept.x = looked.x >> 6 AND kept.y = looked.y >> 6
        AND kept.cell = (looked.y & 63) * 64 + (looked.x & 63)
    JOIN gis_network AS network ON network.id = kept.network_id
    WHERE looked.within
    GROUP BY 1, 2, 3
    HAVING sum(kept.count) > 0
)
