-- How many mains of a rank or higher a tile and its margin show, up to one more than may be drawn.
SELECT count(*)
FROM (
    SELECT
    FROM gis_link AS link
    WHERE link.geom_3857 && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.0625)
        AND gis_main_rank(link.kind, link.diameter_mm, link.attributes) >= {rank}
        AND (
            %(everywhere)s
            OR ST_Intersects(link.geom, (SELECT ST_Union(geom) FROM gis_zone WHERE id = ANY (%(zones)s)))
        )
    LIMIT %(most)s + 1
) AS mains
