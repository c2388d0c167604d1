-- Name the node at each undeclared end: the one drawn at the very place, else the nearest within the tolerance.
WITH ends AS (
    SELECT row_number, 'start' AS which, ST_StartPoint(geom) AS place FROM staged_link WHERE start_code IS NULL
    UNION ALL
    SELECT row_number, 'end', ST_EndPoint(geom) FROM staged_link WHERE end_code IS NULL
), exact AS (
    SELECT DISTINCT ON (ends.row_number, ends.which) ends.*, node.kind, node.code
    FROM ends
    LEFT JOIN gis_node AS node ON node.network_id = %(network)s AND node.geom = ends.place
    ORDER BY ends.row_number, ends.which, node.id
), snapped AS (
    SELECT
        exact.row_number,
        exact.which,
        coalesce(exact.kind, near.kind) AS kind,
        coalesce(exact.code, near.code) AS code
    FROM exact
    LEFT JOIN LATERAL (
        SELECT node.kind, node.code
        FROM gis_node AS node
        WHERE exact.code IS NULL
            AND node.network_id = %(network)s
            AND ST_DWithin(
                node.geom_3857,
                ST_Transform(exact.place, 3857),
                %(tolerance_m)s / cos(radians(ST_Y(exact.place)))
            )
        ORDER BY node.geom_3857 <-> ST_Transform(exact.place, 3857), node.id
        LIMIT 1
    ) AS near ON true
), pairs AS (
    SELECT
        row_number,
        max(kind) FILTER (WHERE which = 'start') AS start_kind,
        max(code) FILTER (WHERE which = 'start') AS start_code,
        max(kind) FILTER (WHERE which = 'end') AS end_kind,
        max(code) FILTER (WHERE which = 'end') AS end_code
    FROM snapped
    GROUP BY row_number
)
UPDATE staged_link AS staged
SET start_kind = coalesce(staged.start_kind, pairs.start_kind),
    start_code = coalesce(staged.start_code, pairs.start_code),
    end_kind = coalesce(staged.end_kind, pairs.end_kind),
    end_code = coalesce(staged.end_code, pairs.end_code)
FROM pairs
WHERE staged.row_number = pairs.row_number
