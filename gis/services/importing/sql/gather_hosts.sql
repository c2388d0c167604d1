-- Pipes and lines whole, with what lies in line on them put together again; a redrawn one is whole as it is held.
CREATE TEMPORARY TABLE host ON COMMIT DROP AS
WITH drawn AS (
    SELECT DISTINCT ON (device_id) *
    FROM gis_drawndevice
    WHERE host_id IN (SELECT host_id FROM asked_host WHERE NOT redrawn)
    ORDER BY device_id, id DESC
), piece AS (
    SELECT host_id, host_id AS link_id, 0::float8 AS along, 1 AS step, false AS reversed FROM asked_host
    UNION ALL
    SELECT host_id, device_id, along, CASE at_end WHEN 'start' THEN 0 ELSE 2 END, reversed FROM drawn
    UNION ALL
    SELECT host_id, part_id, along, 3, false FROM drawn WHERE part_id IS NOT NULL
), line AS (
    SELECT
        piece.host_id,
        piece.along,
        piece.step,
        CASE WHEN piece.reversed THEN ST_Reverse(link.geom) ELSE link.geom END AS geom,
        CASE WHEN piece.reversed THEN link.end_node_id ELSE link.start_node_id END AS first_node_id,
        CASE WHEN piece.reversed THEN link.start_node_id ELSE link.end_node_id END AS last_node_id,
        link.length_m
    FROM piece
    JOIN gis_link AS link ON link.id = piece.link_id
), whole AS (
    SELECT
        host_id,
        ST_MakeLine(geom ORDER BY along, step) AS geom,
        (array_agg(first_node_id ORDER BY along, step))[1] AS first_node_id,
        (array_agg(last_node_id ORDER BY along DESC, step DESC))[1] AS last_node_id,
        sum(length_m) AS length_m
    FROM line
    GROUP BY host_id
)
SELECT
    whole.*,
    ST_Transform(whole.geom, 3857) AS plane,
    cos(radians(ST_Y(ST_StartPoint(whole.geom)))) AS scale,
    ST_Length(ST_Transform(whole.geom, 3857)) * cos(radians(ST_Y(ST_StartPoint(whole.geom)))) AS drawn_m,
    link.kind,
    link.code
FROM whole
JOIN gis_link AS link ON link.id = whole.host_id
