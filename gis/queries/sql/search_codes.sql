-- Codes and old references by their beginning, and codes whose number is written with fewer zeros.
(
    SELECT 0 AS rank, 'link' AS place, id, NULL AS reference FROM gis_link
    WHERE gis_key(code) LIKE %(beginning)s AND {within}
    ORDER BY {by} gis_key(code) USING ~<~ LIMIT %(limit)s
) UNION ALL (
    SELECT 0, 'node', id, NULL FROM gis_node
    WHERE gis_key(code) LIKE %(beginning)s AND {within}
    ORDER BY {by} gis_key(code) USING ~<~ LIMIT %(limit)s
) UNION ALL (
    SELECT 0, 'connection_point', id, NULL FROM gis_connectionpoint
    WHERE gis_key(code) LIKE %(beginning)s AND {within}
    ORDER BY {by} gis_key(code) USING ~<~ LIMIT %(limit)s
) UNION ALL (
    SELECT 0, 'connection_point', point.id, alias.reference
    FROM gis_connectionpointalias AS alias
    JOIN gis_connectionpoint AS point ON point.id = alias.connection_point_id
    WHERE gis_key(alias.reference) LIKE %(beginning)s AND {within}
    ORDER BY {by} gis_key(alias.reference) USING ~<~ LIMIT %(limit)s
) UNION ALL (
    SELECT 0, 'link', id, NULL FROM gis_link WHERE gis_key(code) = ANY(%(padded)s::text[]) AND {within}
) UNION ALL (
    SELECT 0, 'node', id, NULL FROM gis_node WHERE gis_key(code) = ANY(%(padded)s::text[]) AND {within}
) UNION ALL (
    SELECT 0, 'connection_point', id, NULL FROM gis_connectionpoint
    WHERE gis_key(code) = ANY(%(padded)s::text[]) AND {within}
)
