-- One row per part of the network that no link joins to a source: told at its first node, with what it holds.
WITH island AS (
    SELECT part, min(node_id) AS node_id, count(*) AS nodes, array_agg(node_id) AS ids
    FROM island_node
    GROUP BY part
)
SELECT
    'island:' || node.id AS key,
    'node' AS subject_table, node.id AS subject_id, node.kind AS subject_kind, node.code AS subject_code,
    node.geom,
    '' AS repair,
    jsonb_build_object('nodes', island.nodes, 'links', held.links, 'points', held.points) AS details
FROM island
JOIN gis_node AS node ON node.id = island.node_id
CROSS JOIN LATERAL (
    SELECT
        (SELECT count(*) FROM gis_link AS link WHERE link.start_node_id = ANY(island.ids)) AS links,
        (SELECT count(*) FROM gis_connectionpoint AS point WHERE point.node_id = ANY(island.ids)) AS points
) AS held
