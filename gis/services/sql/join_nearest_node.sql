-- A point that names neither node nor link joins the nearest node within the tolerance.
UPDATE resolved_point AS point
SET node_id = near.id
FROM (
    SELECT alone.row_number, found.id
    FROM resolved_point AS alone
    CROSS JOIN LATERAL (
        SELECT node.id
        FROM gis_node AS node
        WHERE node.network_id = %(network)s
            AND ST_DWithin(
                node.geom_3857,
                ST_Transform(alone.geom, 3857),
                %(tolerance_m)s / cos(radians(ST_Y(alone.geom)))
            )
        ORDER BY node.geom_3857 <-> ST_Transform(alone.geom, 3857), node.id
        LIMIT 1
    ) AS found
    WHERE alone.node_code IS NULL AND alone.link_code IS NULL
) AS near
WHERE point.row_number = near.row_number
