-- Links that let through in their present state, each trade in its own words: an open switch holds current back.
SELECT id, start_node_id, end_node_id
FROM gis_link
WHERE network_id = %(network)s
    AND state <> CASE WHEN kind IN ('line', 'switch', 'transformer') THEN 'open' ELSE 'closed' END
