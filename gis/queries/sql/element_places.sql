-- Elements of one table by code, with a place each: links at their middle.
SELECT 'node', node.id, node.kind, node.code, network.code, ST_X(node.geom), ST_Y(node.geom)
FROM gis_node AS node
JOIN gis_network AS network ON network.id = node.network_id
WHERE %(table)s = 'node' AND network.code = %(network)s AND node.code = ANY(%(codes)s)
UNION ALL
SELECT 'link', link.id, link.kind, link.code, network.code, ST_X(middle), ST_Y(middle)
FROM gis_link AS link
JOIN gis_network AS network ON network.id = link.network_id
CROSS JOIN LATERAL ST_LineInterpolatePoint(link.geom, 0.5) AS middle
WHERE %(table)s = 'link' AND network.code = %(network)s AND link.code = ANY(%(codes)s)
UNION ALL
SELECT 'connection_point', point.id, 'connection_point', point.code, network.code, ST_X(point.geom), ST_Y(point.geom)
FROM gis_connectionpoint AS point
JOIN gis_network AS network ON network.id = point.network_id
WHERE %(table)s = 'connection_point'
    AND (%(network)s::text IS NULL OR network.code = %(network)s)
    AND point.code = ANY(%(codes)s)
