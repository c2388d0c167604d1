-- Codes by their beginning (index on lower(code)), then by any part (trigrams); zones by their names too.
WITH scope AS (
    SELECT %(everywhere)s AS everywhere, %(area)s::geometry AS area
), links AS (
    (
        SELECT 0 AS rank, id FROM gis_link, scope
        WHERE lower(code) LIKE %(prefix)s AND (everywhere OR ST_Intersects(geom, area))
        ORDER BY lower(code) USING ~<~ LIMIT %(limit)s
    ) UNION ALL (
        SELECT 1, id FROM gis_link, scope
        WHERE code ILIKE %(anywhere)s AND lower(code) NOT LIKE %(prefix)s AND (everywhere OR ST_Intersects(geom, area))
        LIMIT %(limit)s
    )
), nodes AS (
    (
        SELECT 0 AS rank, id FROM gis_node, scope
        WHERE lower(code) LIKE %(prefix)s AND (everywhere OR ST_Intersects(geom, area))
        ORDER BY lower(code) USING ~<~ LIMIT %(limit)s
    ) UNION ALL (
        SELECT 1, id FROM gis_node, scope
        WHERE code ILIKE %(anywhere)s AND lower(code) NOT LIKE %(prefix)s AND (everywhere OR ST_Intersects(geom, area))
        LIMIT %(limit)s
    )
), points AS (
    (
        SELECT 0 AS rank, id FROM gis_connectionpoint, scope
        WHERE lower(code) LIKE %(prefix)s AND (everywhere OR ST_Intersects(geom, area))
        ORDER BY lower(code) USING ~<~ LIMIT %(limit)s
    ) UNION ALL (
        SELECT 1, id FROM gis_connectionpoint, scope
        WHERE code ILIKE %(anywhere)s AND lower(code) NOT LIKE %(prefix)s AND (everywhere OR ST_Intersects(geom, area))
        LIMIT %(limit)s
    )
)
SELECT
    links.rank, link.kind, link.code, NULL, NULL, network.code, network.utility, ST_X(place), ST_Y(place),
    NULL::float8, NULL::float8, NULL::float8, NULL::float8
FROM links
JOIN gis_link AS link USING (id)
JOIN gis_network AS network ON network.id = link.network_id
CROSS JOIN LATERAL ST_LineInterpolatePoint(link.geom, 0.5) AS place
UNION ALL
SELECT
    nodes.rank, node.kind, node.code, NULL, NULL, network.code, network.utility, ST_X(node.geom), ST_Y(node.geom),
    NULL, NULL, NULL, NULL
FROM nodes
JOIN gis_node AS node USING (id)
JOIN gis_network AS network ON network.id = node.network_id
UNION ALL
SELECT
    points.rank, 'connection_point', point.code, NULL, NULL, network.code, network.utility,
    ST_X(point.geom), ST_Y(point.geom), NULL, NULL, NULL, NULL
FROM points
JOIN gis_connectionpoint AS point USING (id)
JOIN gis_network AS network ON network.id = point.network_id
UNION ALL
(
    SELECT
        CASE WHEN lower(zone.code) LIKE %(prefix)s OR lower(zone.name_fr) LIKE %(prefix)s OR zone.name_ar LIKE %(prefix)s
            THEN 0 ELSE 1 END AS rank,
        'zone', zone.code, zone.name_fr, zone.name_ar, NULL, zone.utility, ST_X(place), ST_Y(place),
        ST_XMin(zone.geom), ST_YMin(zone.geom), ST_XMax(zone.geom), ST_YMax(zone.geom)
    FROM gis_zone AS zone
    CROSS JOIN LATERAL ST_PointOnSurface(zone.geom) AS place
    WHERE (zone.code ILIKE %(anywhere)s OR zone.name_fr ILIKE %(anywhere)s OR zone.name_ar ILIKE %(anywhere)s)
        AND zone.valid @> now()
    ORDER BY rank, zone.code
    LIMIT %(limit)s
)
