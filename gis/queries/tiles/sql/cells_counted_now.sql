-- Cells counted from the rows themselves: beyond z 15, where tiles are small.
square AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS tile, 40075016.7 / (1 << %(z)s) / %(side)s AS size
), area AS MATERIALIZED (
    SELECT ST_Union(geom) AS geom FROM gis_zone WHERE id = ANY (%(zones)s)
), cells AS (
    SELECT
        floor((ST_X(middle) - ST_XMin(square.tile)) / square.size)::int AS across,
        floor((ST_YMax(square.tile) - ST_Y(middle)) / square.size)::int AS down,
        {utility} AS utility, count(*)::int AS count
    FROM square
    JOIN {table} AS row ON row.geom_3857 && square.tile
    CROSS JOIN LATERAL ST_Centroid(ST_Envelope(row.geom_3857)) AS middle
    WHERE middle && square.tile AND {condition}
        AND (%(everywhere)s OR ST_Intersects(row.geom, (SELECT geom FROM area)))
    GROUP BY 1, 2, 3
)
