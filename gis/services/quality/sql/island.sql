-- One row per part of the network that no link joins to a source: told at its node nearest to what it should perhaps be
-- joined to, else at its first, with what it holds. Parts of more than 1,000 nodes are looked at by hand. Left out: those
-- marked as standing apart on purpose.
WITH island AS (
    SELECT part, min(node_id) AS node_id, count(*) AS nodes, array_agg(node_id) AS ids
    FROM island_node
    GROUP BY part
), near AS (
    SELECT DISTINCT ON (island.part) island.part, node.id AS node_id, found.*
    FROM island
    CROSS JOIN LATERAL unnest(island.ids) AS held (id)
    JOIN gis_node AS node ON node.id = held.id
    CROSS JOIN LATERAL (
        SELECT
            'node' AS other_table, other.id AS other_id, other.kind AS other_kind, other.code AS other,
            ST_DistanceSphere(other.geom, node.geom) AS distance_m
        FROM gis_node AS other
        WHERE ST_DWithin(other.geom_3857, node.geom_3857, %(tolerance_m)s / cos(radians(ST_Y(node.geom))))
            AND other.network_id = node.network_id
            AND NOT EXISTS (SELECT FROM island_node AS alone WHERE alone.node_id = other.id)
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
            AND NOT EXISTS (SELECT FROM island_node AS alone WHERE alone.node_id = other.start_node_id)
            AND coalesce(
                coalesce(first.attributes -> 'nominal_kv', last.attributes -> 'nominal_kv')
                    = node.attributes -> 'nominal_kv',
                true
            )
    ) AS found
    WHERE island.nodes <= 1000
    ORDER BY island.part, round(found.distance_m::numeric, 2), found.other_table DESC, node.id, found.other_id
)
SELECT
    'island:' || island.node_id AS key,
    'node' AS subject_table, node.id AS subject_id, node.kind AS subject_kind, node.code AS subject_code,
    node.geom,
    CASE near.other_table
        WHEN 'node' THEN 'merge_node' WHEN 'link' THEN 'join_link' ELSE 'separate_island'
    END AS repair,
    jsonb_strip_nulls(jsonb_build_object(
        'nodes', island.nodes, 'links', held.links, 'points', held.points,
        'other_table', near.other_table, 'other_id', near.other_id, 'other_kind', near.other_kind,
        'other', near.other, 'distance_m', round(near.distance_m::numeric, 2),
        'also', CASE WHEN near.part IS NOT NULL THEN jsonb_build_array('separate_island') END
    )) AS details
FROM island
LEFT JOIN near ON near.part = island.part
JOIN gis_node AS node ON node.id = coalesce(near.node_id, island.node_id)
CROSS JOIN LATERAL (
    SELECT
        (SELECT count(*) FROM gis_link AS link WHERE link.start_node_id = ANY(island.ids)) AS links,
        (SELECT count(*) FROM gis_connectionpoint AS point WHERE point.node_id = ANY(island.ids)) AS points
) AS held
WHERE NOT EXISTS (
    SELECT FROM gis_node AS marked
    WHERE marked.id = ANY(island.ids) AND marked.attributes @> '{"stands_apart": true}'
)
