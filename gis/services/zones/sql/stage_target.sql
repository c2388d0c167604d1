-- Which zone of each kind every point lies in and when, whatever was known before. Where zones of a kind overlap at a
-- time, the smaller one holds the point.
CREATE TEMPORARY TABLE target_membership ON COMMIT DROP AS
WITH candidate AS (
    SELECT point.id AS point_id, piece.kind, piece.zone_id, piece.area, tstzmultirange(piece.valid) AS valid
    FROM zone_piece AS piece
    JOIN {points} AS point ON ST_Intersects(piece.geom, point.geom)
    JOIN gis_network AS network
        ON network.id = point.network_id AND (piece.utility IS NULL OR piece.utility = network.utility)
), won AS (
    SELECT
        point_id, kind, zone_id,
        valid - coalesce(range_agg(valid) OVER smaller, '{{}}') AS valid
    FROM candidate
    WINDOW smaller AS (
        PARTITION BY point_id, kind ORDER BY area, zone_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT point_id, kind, zone_id, unnest(range_agg(valid)) AS valid
FROM won
WHERE NOT isempty(valid)
GROUP BY point_id, kind, zone_id
