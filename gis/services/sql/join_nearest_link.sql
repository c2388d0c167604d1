-- A point that names neither node nor link joins the nearest pipe or line within the tolerance, at its nearer end.
UPDATE resolved_point AS point
SET link_id = near.id,
    node_id = CASE
        WHEN ST_Distance(first.geom, point.geom) <= ST_Distance(last.geom, point.geom) THEN first.id
        ELSE last.id
    END
FROM (
    SELECT alone.row_number, found.*
    FROM resolved_point AS alone
    CROSS JOIN LATERAL (
        SELECT link.id, link.start_node_id, link.end_node_id
        FROM gis_link AS link
        WHERE link.network_id = %(network)s
            AND link.kind IN ('pipe', 'line')
            AND ST_DWithin(
                link.geom_3857,
                ST_Transform(alone.geom, 3857),
                %(tolerance_m)s / cos(radians(ST_Y(alone.geom)))
            )
        ORDER BY link.geom_3857 <-> ST_Transform(alone.geom, 3857), link.id
        LIMIT 1
    ) AS found
    WHERE alone.node_code IS NULL AND alone.link_code IS NULL
) AS near
JOIN gis_node AS first ON first.id = near.start_node_id
JOIN gis_node AS last ON last.id = near.end_node_id
WHERE point.row_number = near.row_number
