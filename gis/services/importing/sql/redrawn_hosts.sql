-- Pipes that devices divide and whose own rows changed: they come whole, from end to end, not as their first part.
CREATE TEMPORARY TABLE asked_host ON COMMIT DROP AS
SELECT held.id AS host_id, true AS redrawn
FROM (SELECT DISTINCT host_id AS id FROM gis_drawndevice) AS divided
JOIN gis_link AS held ON held.id = divided.id AND held.network_id = %(network)s
JOIN resolved_link AS staged ON staged.kind = held.kind AND staged.code = held.code
WHERE held.source_digest <> staged.digest
    AND held.version = held.imported_version
    AND (held.start_node_id, held.end_node_id) IS DISTINCT FROM (staged.start_node_id, staged.end_node_id)
