-- Nodes where one link ends and nothing else joins. Within an area only its nodes are counted, by their indexes.
CREATE TEMPORARY TABLE free_end ON COMMIT DROP AS
WITH near AS (
    SELECT id FROM gis_node WHERE network_id = %(network)s AND geom && %(area)s::geometry
)
SELECT node_id, min(link_id) AS link_id
FROM (
    SELECT start_node_id AS node_id, id AS link_id
    FROM gis_link
    WHERE network_id = %(network)s AND (%(area)s::geometry IS NULL OR start_node_id IN (SELECT id FROM near))
    UNION ALL
    SELECT end_node_id, id
    FROM gis_link
    WHERE network_id = %(network)s AND (%(area)s::geometry IS NULL OR end_node_id IN (SELECT id FROM near))
) AS ended
GROUP BY node_id
HAVING count(*) = 1
