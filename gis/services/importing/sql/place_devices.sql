-- All devices on the pipes at hand, those there already and those that come, each so many metres along its pipe, with
-- the names of what it makes: the node before it, the node after it, the part of the pipe that goes on from there.
CREATE TEMPORARY TABLE placed_device ON COMMIT DROP AS
WITH drawn AS (
    SELECT DISTINCT ON (device_id) *
    FROM gis_drawndevice
    WHERE host_id IN (SELECT host_id FROM host)
    ORDER BY device_id, id DESC
), every AS (
    SELECT
        drawn.host_id, drawn.device_id, NULL::bigint AS row_number, link.kind, link.code,
        drawn.at_end, drawn.reversed, drawn.geom, drawn.along AS held_along
    FROM drawn
    JOIN gis_link AS link ON link.id = drawn.device_id
    WHERE drawn.device_id NOT IN (SELECT device_id FROM waiting_device WHERE device_id IS NOT NULL)
    UNION ALL
    SELECT
        chosen.host_id, waiting.device_id, waiting.row_number, waiting.kind, waiting.code,
        coalesce(waiting.held_at_end, chosen.at_end), waiting.reversed, waiting.geom, NULL
    FROM waiting_device AS waiting
    JOIN chosen_host AS chosen ON chosen.row_number = waiting.row_number
)
SELECT
    every.*,
    CASE every.at_end
        WHEN 'start' THEN 0
        WHEN 'end' THEN host.drawn_m
        ELSE ST_LineLocatePoint(host.plane, ST_Transform(every.geom, 3857)) * host.drawn_m
    END AS place_m,
    host.code AS host_code,
    host.kind AS host_kind,
    fitted.before_code,
    fitted.after_code,
    fitted.part_code
FROM every
JOIN host ON host.host_id = every.host_id
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN length(every.code) <= 62 THEN every.code ELSE left(every.code, 49) || '~' || left(md5(every.code), 12) END
            AS stem,
        host.code || '~' || every.code AS long
) AS named
CROSS JOIN LATERAL (
    SELECT
        named.stem || '~1' AS before_code,
        named.stem || '~2' AS after_code,
        CASE WHEN length(named.long) <= 64 THEN named.long ELSE left(named.long, 51) || '~' || left(md5(named.long), 12) END
            AS part_code
) AS fitted
