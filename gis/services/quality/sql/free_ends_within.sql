-- The same among the nodes of an area, found by their place and their links by index.
CREATE TEMPORARY TABLE free_end ON COMMIT DROP AS
WITH near AS MATERIALIZED (
    SELECT id FROM gis_node WHERE network_id = %(network)s AND geom && %(area)s::geometry
)
SELECT node_id, min(link_id) AS link_id
FROM (
    SELECT near.id AS node_id, link.id AS link_id FROM near JOIN gis_link AS link ON link.start_node_id = near.id
    UNION ALL
    SELECT near.id, link.id FROM near JOIN gis_link AS link ON link.end_node_id = near.id
) AS ended
GROUP BY node_id
HAVING count(*) = 1
