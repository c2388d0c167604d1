-- The parts that a line cuts an area into, largest first. A polygon of the area that the line does not cross goes with
-- the part nearest to it.
WITH piece AS (
    SELECT
        row_number() OVER (ORDER BY ST_Area(cut.geom) DESC) AS number,
        cut.geom,
        ST_Intersects(whole.geom, %(line)s::geometry) AND NOT ST_Equals(whole.geom, cut.geom) AS is_cut
    FROM ST_Dump(%(area)s::geometry) AS whole
    CROSS JOIN LATERAL ST_Dump(ST_Split(whole.geom, %(line)s::geometry)) AS cut
), part AS (
    SELECT piece.geom, coalesce(nearest.number, piece.number) AS number
    FROM piece
    LEFT JOIN LATERAL (
        SELECT other.number FROM piece AS other
        WHERE NOT piece.is_cut AND other.is_cut
        ORDER BY ST_Distance(other.geom, piece.geom), other.number
        LIMIT 1
    ) AS nearest ON true
)
SELECT ST_Multi(ST_Union(part.geom)) AS geom
FROM part
WHERE EXISTS (SELECT FROM piece WHERE piece.is_cut)
GROUP BY part.number
ORDER BY ST_Area(ST_Union(part.geom)) DESC
