SELECT
    'node:' || node.id AS key,
    'node' AS subject_table, node.id AS subject_id, node.kind AS subject_kind, node.code AS subject_code,
    node.geom,
    CASE near.other_table WHEN 'node' THEN 'merge_node' ELSE 'join_link' END AS repair,
    jsonb_build_object(
        'other_table', near.other_table, 'other_id', near.other_id,
        'other_kind', near.other_kind, 'other', near.other_code, 'distance_m', round(near.distance_m::numeric, 2)
    ) AS details
FROM free_end_near AS near
JOIN gis_node AS node ON node.id = near.node_id
