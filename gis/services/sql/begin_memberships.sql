-- Begin what is new: at the instant asked, or with its zone where the zone had no members yet and the point lay in no
-- other of the kind; until the zone ends or a membership already known begins.
INSERT INTO gis_zonemembership (connection_point_id, zone_id, zone_kind, valid)
SELECT
    target.connection_point_id,
    target.zone_id,
    target.zone_kind,
    tstzrange(
        CASE WHEN history.earlier OR had_members THEN %(at)s::timestamptz ELSE target.zone_from END,
        least(target.zone_until, history.next_from)
    )
FROM target_membership AS target
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(held.valid << tstzrange(%(at)s::timestamptz, NULL)), false) AS earlier,
        coalesce(bool_or(held.valid @> %(at)s::timestamptz), false) AS held_now,
        min(lower(held.valid)) FILTER (WHERE lower(held.valid) > %(at)s::timestamptz) AS next_from
    FROM gis_zonemembership AS held
    WHERE held.connection_point_id = target.connection_point_id AND held.zone_kind = target.zone_kind
) AS history
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM gis_zonemembership AS any_of WHERE any_of.zone_id = target.zone_id) AS had_members
) AS zone_before
WHERE NOT history.held_now
