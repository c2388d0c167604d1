-- The pipes and lines within the tolerance of each waiting device: those named, where the file names them. A part of
-- a divided pipe stands for the whole of it.
CREATE TEMPORARY TABLE near_host ON COMMIT DROP AS
SELECT DISTINCT waiting.row_number, coalesce(divided.host_id, near.id) AS host_id
FROM waiting_device AS waiting
CROSS JOIN LATERAL (
    SELECT link.id
    FROM gis_link AS link
    WHERE link.network_id = %(network)s
        AND link.kind IN ('pipe', 'line')
        AND ST_DWithin(
            link.geom_3857,
            ST_Transform(waiting.geom, 3857),
            %(tolerance_m)s / cos(radians(ST_Y(waiting.geom)))
        )
        AND (
            waiting.host_code IS NULL
            OR link.code = waiting.host_code
            OR EXISTS (
                SELECT
                FROM gis_drawndevice AS drawn
                JOIN gis_link AS host ON host.id = drawn.host_id
                WHERE drawn.part_id = link.id AND host.code = waiting.host_code
            )
        )
    ORDER BY link.geom_3857 <-> ST_Transform(waiting.geom, 3857), link.id
    LIMIT 12
) AS near
LEFT JOIN LATERAL (SELECT host_id FROM gis_drawndevice WHERE part_id = near.id LIMIT 1) AS divided ON true
