SELECT
    'connection_point:' || point.id AS key,
    'connection_point' AS subject_table, point.id AS subject_id,
    'connection_point' AS subject_kind, point.code AS subject_code,
    point.geom,
    'join_zones' AS repair,
    jsonb_build_object('other_table', 'zone', 'other_id', point.zone_id, 'other', point.zone) AS details
FROM zoneless AS point
WHERE point.zone_id IS NOT NULL
