-- Nodes where one link ends and nothing else joins.
CREATE TEMPORARY TABLE free_end ON COMMIT DROP AS
SELECT node_id, min(link_id) AS link_id
FROM (
    SELECT start_node_id AS node_id, id AS link_id FROM gis_link WHERE network_id = %(network)s
    UNION ALL
    SELECT end_node_id, id FROM gis_link WHERE network_id = %(network)s
) AS ended
GROUP BY node_id
HAVING count(*) = 1
