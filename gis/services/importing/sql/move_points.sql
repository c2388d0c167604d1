-- Points along a divided pipe belong to the nearest of its parts, and stay at their node if it is an end of that.
WITH part AS (
    SELECT piece.host_id, link.id, link.start_node_id, link.end_node_id, link.geom_3857
    FROM piece
    JOIN gis_link AS link
        ON link.network_id = %(network)s AND link.kind = piece.kind AND link.code = piece.code
    WHERE piece.is_part
), moving AS (
    SELECT point.id, nearest.id AS link_id, nearest.start_node_id, nearest.end_node_id
    FROM part AS held
    JOIN gis_connectionpoint AS point ON point.link_id = held.id
    CROSS JOIN LATERAL (
        SELECT part.*
        FROM part
        WHERE part.host_id = held.host_id
        ORDER BY ST_Distance(part.geom_3857, point.geom_3857), part.id
        LIMIT 1
    ) AS nearest
), joined AS (
    SELECT
        moving.id,
        moving.link_id,
        CASE
            WHEN point.node_id IN (moving.start_node_id, moving.end_node_id) THEN point.node_id
            WHEN ST_Distance(first.geom_3857, point.geom_3857) <= ST_Distance(last.geom_3857, point.geom_3857)
                THEN first.id
            ELSE last.id
        END AS node_id
    FROM moving
    JOIN gis_connectionpoint AS point ON point.id = moving.id
    JOIN gis_node AS first ON first.id = moving.start_node_id
    JOIN gis_node AS last ON last.id = moving.end_node_id
)
UPDATE gis_connectionpoint
SET link_id = joined.link_id,
    node_id = joined.node_id,
    version = gis_connectionpoint.version + {more},
    imported_version = gis_connectionpoint.imported_version + {more}
FROM joined
WHERE gis_connectionpoint.id = joined.id
    AND (gis_connectionpoint.link_id, gis_connectionpoint.node_id) IS DISTINCT FROM (joined.link_id, joined.node_id)
