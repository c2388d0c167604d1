-- Connection points known by their place alone, with the nearest pipe or line that they could be attached to.
SELECT
    'connection_point:' || point.id AS key,
    'connection_point' AS subject_table, point.id AS subject_id,
    'connection_point' AS subject_kind, point.code AS subject_code,
    point.geom,
    CASE WHEN nearest.distance_m <= %(reach_m)s THEN 'attach_point' ELSE '' END AS repair,
    jsonb_build_object(
        'other_table', 'link', 'other_id', nearest.id, 'other_kind', nearest.kind, 'other', nearest.code,
        'distance_m', round(nearest.distance_m::numeric, 2)
    ) AS details
FROM gis_connectionpoint AS point
LEFT JOIN LATERAL (
    SELECT
        link.id, link.kind, link.code,
        ST_DistanceSphere(ST_ClosestPoint(link.geom, point.geom), point.geom) AS distance_m
    FROM gis_link AS link
    WHERE link.network_id = point.network_id AND link.kind IN ('pipe', 'line')
    ORDER BY link.geom_3857 <-> point.geom_3857
    LIMIT 1
) AS nearest ON true
WHERE point.network_id = %(network)s
    AND point.node_id IS NULL
    AND (%(area)s::geometry IS NULL OR point.geom && %(area)s::geometry)
