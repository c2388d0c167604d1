-- Substations where a network has any, else whatever is marked as a source.
SELECT id
FROM gis_node AS node
WHERE network_id = %(network)s
    AND (
        kind = 'substation'
        OR is_source AND NOT EXISTS (
            SELECT FROM gis_node AS other WHERE other.network_id = %(network)s AND other.kind = 'substation'
        )
    )
