-- Find the node and the link of every staged point; null where there is none, several rows where a code is not enough.
CREATE TEMPORARY TABLE resolved_point ON COMMIT DROP AS
SELECT staged.*, node.id AS node_id, link.id AS link_id
FROM staged_point AS staged
LEFT JOIN gis_node AS node
    ON node.network_id = %(network)s AND node.code = staged.node_code
    AND (staged.node_kind IS NULL OR node.kind = staged.node_kind)
LEFT JOIN gis_link AS link
    ON link.network_id = %(network)s AND link.code = staged.link_code
    AND (staged.link_kind IS NULL OR link.kind = staged.link_kind)
