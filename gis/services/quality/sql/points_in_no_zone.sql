-- Connection points with no membership at the instant, and the smallest zone in force that they lie in, if any. A
-- network for which no zone is drawn has none to miss.
CREATE TEMPORARY TABLE zoneless ON COMMIT DROP AS
WITH zone AS (
    SELECT zone.id, zone.code, zone.geom
    FROM gis_zone AS zone
    JOIN gis_network AS network ON network.id = %(network)s
    WHERE zone.valid @> %(at)s::timestamptz AND (zone.utility IS NULL OR zone.utility = network.utility)
)
SELECT point.id, point.code, point.geom, inside.zone_id, inside.zone
FROM gis_connectionpoint AS point
LEFT JOIN LATERAL (
    SELECT zone.id AS zone_id, zone.code AS zone
    FROM gis_zone AS zone
    JOIN gis_network AS network ON network.id = point.network_id
    WHERE ST_Intersects(zone.geom, point.geom)
        AND zone.valid @> %(at)s::timestamptz
        AND (zone.utility IS NULL OR zone.utility = network.utility)
    ORDER BY ST_Area(zone.geom), zone.id
    LIMIT 1
) AS inside ON true
WHERE point.network_id = %(network)s
    AND (%(area)s::geometry IS NULL OR point.geom && %(area)s::geometry)
    AND EXISTS (SELECT FROM zone)
    AND NOT EXISTS (
        SELECT FROM gis_zonemembership AS held
        WHERE held.connection_point_id = point.id AND held.valid @> %(at)s::timestamptz
    )
