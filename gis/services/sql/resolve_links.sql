-- Find the ends of every staged link; null where there is no such node, several rows where a code is not enough.
CREATE TEMPORARY TABLE resolved_link ON COMMIT DROP AS
SELECT staged.*, first.id AS start_node_id, last.id AS end_node_id
FROM staged_link AS staged
LEFT JOIN gis_node AS first
    ON first.network_id = %(network)s AND first.code = staged.start_code
    AND (staged.start_kind IS NULL OR first.kind = staged.start_kind)
LEFT JOIN gis_node AS last
    ON last.network_id = %(network)s AND last.code = staged.end_code
    AND (staged.end_kind IS NULL OR last.kind = staged.end_kind)
