-- What a member of staff sees (ids of the zones in force that were assigned; 0 stands for everywhere) and the state of
-- what a layer shows, in one look. Who sees zones sees another thing when zones are drawn anew.
SELECT
    assigned.zones,
    (SELECT concat_ws('.', max(id), sum(changes)) FROM gis_layerchange WHERE layer = %(layer)s),
    CASE WHEN 0 <> ALL (assigned.zones) THEN (
        SELECT concat_ws('.', max(id), sum(changes)) FROM gis_layerchange WHERE layer = 'zones'
    ) END
FROM (
    SELECT ARRAY(
        SELECT coalesce(jurisdiction.zone_id, 0)
        FROM gis_jurisdiction AS jurisdiction
        LEFT JOIN gis_zone AS zone ON zone.id = jurisdiction.zone_id
        WHERE jurisdiction.user_id = %(user)s AND (zone.id IS NULL OR zone.valid @> %(now)s::timestamptz)
        ORDER BY 1
    ) AS zones
) AS assigned
