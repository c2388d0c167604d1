-- Ends drawn away from the node they are joined to. Degrees are compared first: they cost nothing.
SELECT
    'link:' || link.id || ':' || ended.which AS key,
    'link' AS subject_table, link.id AS subject_id, link.kind AS subject_kind, link.code AS subject_code,
    ended.place AS geom,
    'move_end' AS repair,
    jsonb_build_object(
        'end', ended.which, 'other_id', node.id, 'other_kind', node.kind, 'other', node.code,
        'distance_m', round(ST_DistanceSphere(ended.place, node.geom)::numeric, 2)
    ) AS details
FROM gis_link AS link
CROSS JOIN LATERAL (
    VALUES ('start', link.start_node_id, ST_StartPoint(link.geom)), ('end', link.end_node_id, ST_EndPoint(link.geom))
) AS ended (which, node_id, place)
JOIN gis_node AS node ON node.id = ended.node_id
WHERE link.network_id = %(network)s
    AND (%(area)s::geometry IS NULL OR link.geom && %(area)s::geometry)
    AND ST_Distance(ended.place, node.geom) > %(tolerance_m)s / 111700.0
    AND ST_DistanceSphere(ended.place, node.geom) > %(tolerance_m)s
