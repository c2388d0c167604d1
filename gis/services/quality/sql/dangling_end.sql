-- A free end that serves nobody, draws nothing and stores nothing, is not told as unsnapped nor known to be capped.
SELECT
    'node:' || node.id AS key,
    'node' AS subject_table, node.id AS subject_id, node.kind AS subject_kind, node.code AS subject_code,
    node.geom,
    'cap_end' AS repair,
    jsonb_build_object('other_kind', link.kind, 'other', link.code) AS details
FROM free_end
JOIN gis_node AS node ON node.id = free_end.node_id
JOIN gis_link AS link ON link.id = free_end.link_id
WHERE NOT node.is_source
    AND node.kind IN ('junction', 'bus')
    AND NOT node.attributes @> '{"capped": true}'
    AND NOT (
        jsonb_typeof(node.attributes -> 'base_demand_m3_h') = 'number'
        AND node.attributes -> 'base_demand_m3_h' > '0'::jsonb
    ) IS TRUE
    AND NOT EXISTS (SELECT FROM free_end_near AS near WHERE near.node_id = node.id)
    AND NOT EXISTS (SELECT FROM gis_connectionpoint AS point WHERE point.node_id = node.id)
    AND NOT EXISTS (SELECT FROM gis_connectionpoint AS point WHERE point.link_id = link.id)
