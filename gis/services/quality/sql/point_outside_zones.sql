SELECT
    'connection_point:' || point.id AS key,
    'connection_point' AS subject_table, point.id AS subject_id,
    'connection_point' AS subject_kind, point.code AS subject_code,
    point.geom,
    '' AS repair,
    jsonb_build_object(
        'other_table', 'zone', 'other_id', nearest.id, 'other', nearest.code,
        'distance_m', round(ST_Distance(nearest.geom::geography, point.geom::geography)::numeric, 0)
    ) AS details
FROM zoneless AS point
CROSS JOIN LATERAL (
    SELECT zone.id, zone.code, zone.geom
    FROM gis_zone AS zone
    JOIN gis_network AS network ON network.id = %(network)s
    WHERE zone.valid @> %(at)s::timestamptz AND (zone.utility IS NULL OR zone.utility = network.utility)
    ORDER BY zone.geom_3857 <-> ST_Transform(point.geom, 3857), ST_Area(zone.geom)
    LIMIT 1
) AS nearest
WHERE point.zone_id IS NULL
