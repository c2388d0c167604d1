-- End what no longer holds, at the instant asked or when its zone ended; what would have lasted no time is removed.
WITH ended AS (
    SELECT
        held.id,
        lower(held.valid) AS held_from,
        least(%(at)s::timestamptz, coalesce(upper(zone.valid), 'infinity')) AS held_until
    FROM gis_zonemembership AS held
    JOIN gis_zone AS zone ON zone.id = held.zone_id
    LEFT JOIN target_membership AS target
        ON target.connection_point_id = held.connection_point_id AND target.zone_id = held.zone_id
    WHERE held.valid @> %(at)s::timestamptz AND target.zone_id IS NULL
), removed AS (
    DELETE FROM gis_zonemembership AS held USING ended
    WHERE held.id = ended.id AND ended.held_from >= ended.held_until
    RETURNING held.id
), closed AS (
    UPDATE gis_zonemembership AS held
    SET valid = tstzrange(ended.held_from, ended.held_until)
    FROM ended
    WHERE held.id = ended.id AND (ended.held_from IS NULL OR ended.held_from < ended.held_until)
    RETURNING held.id
)
SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM closed)
