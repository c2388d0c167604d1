-- Codes that hold the letters somewhere.
(
    SELECT 2 AS rank, 'link' AS place, id, NULL AS reference FROM gis_link
    WHERE code ILIKE %(anywhere)s AND {within} LIMIT %(limit)s
) UNION ALL (
    SELECT 2, 'node', id, NULL FROM gis_node
    WHERE code ILIKE %(anywhere)s AND {within} LIMIT %(limit)s
) UNION ALL (
    SELECT 2, 'connection_point', id, NULL FROM gis_connectionpoint
    WHERE code ILIKE %(anywhere)s AND {within} LIMIT %(limit)s
)
