-- Two nodes within 5 cm that nothing tells apart. Four grids, each shifted by half a cell, put any two nodes closer than
-- half a cell into a common one. Left out: ends of one link, other voltages, ends of devices in one cabinet, and free
-- ends that are told as unsnapped.
WITH shift (x, y) AS (
    VALUES (0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)
), crowded AS (
    SELECT array_agg(node.id) AS ids
    FROM gis_node AS node
    CROSS JOIN shift
    WHERE node.network_id = %(network)s AND (%(area)s::geometry IS NULL OR node.geom && %(area)s::geometry)
    GROUP BY
        shift.x, shift.y,
        floor(ST_X(node.geom_3857) / 0.15 + shift.x), floor(ST_Y(node.geom_3857) / 0.15 + shift.y)
    HAVING count(*) > 1
), pair AS (
    SELECT DISTINCT kept.id AS kept_id, other.id AS other_id
    FROM crowded
    CROSS JOIN LATERAL unnest(crowded.ids) AS kept (id)
    CROSS JOIN LATERAL unnest(crowded.ids) AS other (id)
    WHERE kept.id < other.id
)
SELECT
    'node:' || node.id || ':' || kept.id AS key,
    'node' AS subject_table, node.id AS subject_id, node.kind AS subject_kind, node.code AS subject_code,
    node.geom,
    'merge_node' AS repair,
    jsonb_build_object(
        'other_table', 'node', 'other_id', kept.id, 'other_kind', kept.kind, 'other', kept.code,
        'distance_m', round(ST_DistanceSphere(node.geom, kept.geom)::numeric, 2)
    ) AS details
FROM pair
JOIN gis_node AS kept ON kept.id = pair.kept_id
JOIN gis_node AS node ON node.id = pair.other_id
WHERE ST_DistanceSphere(node.geom, kept.geom) <= 0.05
    AND coalesce(node.attributes -> 'nominal_kv' = kept.attributes -> 'nominal_kv', true)
    AND NOT EXISTS (
        SELECT FROM gis_link AS link
        WHERE (link.start_node_id, link.end_node_id) IN ((node.id, kept.id), (kept.id, node.id))
    )
    AND NOT EXISTS (
        SELECT FROM gis_link AS one
        JOIN gis_link AS two
            ON ARRAY[one.start_node_id, one.end_node_id] && ARRAY[two.start_node_id, two.end_node_id]
        WHERE node.id IN (one.start_node_id, one.end_node_id) AND kept.id IN (two.start_node_id, two.end_node_id)
            AND one.kind NOT IN ('pipe', 'line') AND two.kind NOT IN ('pipe', 'line')
    )
    AND NOT EXISTS (SELECT FROM free_end_near AS near WHERE near.node_id IN (node.id, kept.id))
