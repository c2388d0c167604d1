-- With the nearest zone, to be extended to what lies within 30 m of it: a boundary drawn short of a house.
SELECT
    'connection_point:' || point.id AS key,
    'connection_point' AS subject_table, point.id AS subject_id,
    'connection_point' AS subject_kind, point.code AS subject_code,
    point.geom,
    CASE WHEN nearest.distance_m <= 30 THEN 'extend_zone' ELSE '' END AS repair,
    jsonb_build_object(
        'other_table', 'zone', 'other_id', nearest.id, 'other', nearest.code,
        'distance_m', round(nearest.distance_m::numeric, 0)
    ) AS details
FROM zoneless AS point
CROSS JOIN LATERAL (
    SELECT zone.id, zone.code, ST_Distance(zone.geom::geography, point.geom::geography) AS distance_m
    FROM gis_zone AS zone
    JOIN gis_network AS network ON network.id = %(network)s
    WHERE zone.valid @> %(at)s::timestamptz AND (zone.utility IS NULL OR zone.utility = network.utility)
    ORDER BY zone.geom_3857 <-> ST_Transform(point.geom, 3857), ST_Area(zone.geom)
    LIMIT 1
) AS nearest
WHERE point.zone_id IS NULL
