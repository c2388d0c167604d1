-- For each free end, the nearest node or link of its network within the tolerance that it should perhaps be joined to:
-- never its own link, what that link is joined to, or another voltage. An electrical line ends at the customer it
-- serves, beside the neighbour's. Web Mercator stretches by the cosine of the latitude.
CREATE TEMPORARY TABLE free_end_near ON COMMIT DROP AS
SELECT DISTINCT ON (node.id)
    node.id AS node_id, near.other_table, near.other_id, near.other_kind, near.other_code, near.distance_m
FROM free_end
JOIN gis_node AS node ON node.id = free_end.node_id
JOIN gis_link AS own ON own.id = free_end.link_id
JOIN gis_network AS network ON network.id = node.network_id
CROSS JOIN LATERAL (
    SELECT
        'node' AS other_table, other.id AS other_id, other.kind AS other_kind, other.code AS other_code,
        ST_DistanceSphere(other.geom, node.geom) AS distance_m
    FROM gis_node AS other
    WHERE ST_DWithin(other.geom_3857, node.geom_3857, %(tolerance_m)s / cos(radians(ST_Y(node.geom))))
        AND other.network_id = node.network_id
        AND other.id NOT IN (own.start_node_id, own.end_node_id)
        AND coalesce(other.attributes -> 'nominal_kv' = node.attributes -> 'nominal_kv', true)
    UNION ALL
    SELECT
        'link', other.id, other.kind, other.code,
        ST_DistanceSphere(ST_ClosestPoint(other.geom, node.geom), node.geom)
    FROM gis_link AS other
    JOIN gis_node AS first ON first.id = other.start_node_id
    JOIN gis_node AS last ON last.id = other.end_node_id
    WHERE ST_DWithin(other.geom_3857, node.geom_3857, %(tolerance_m)s / cos(radians(ST_Y(node.geom))))
        AND other.network_id = node.network_id
        AND other.kind IN ('pipe', 'line')
        AND NOT ARRAY[own.start_node_id, own.end_node_id] && ARRAY[other.start_node_id, other.end_node_id]
        AND coalesce(
            coalesce(first.attributes -> 'nominal_kv', last.attributes -> 'nominal_kv')
                = node.attributes -> 'nominal_kv',
            true
        )
) AS near
WHERE NOT node.is_source
    AND NOT (
        network.utility = 'electricity'
        AND EXISTS (SELECT FROM gis_connectionpoint AS point WHERE point.node_id = node.id)
    )
ORDER BY node.id, near.other_table DESC, near.distance_m, near.other_id
