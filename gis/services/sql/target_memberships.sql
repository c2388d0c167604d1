-- For every connection point and kind of zone: the zone it lies in at the instant asked, the smallest if zones overlap.
CREATE TEMPORARY TABLE target_membership ON COMMIT DROP AS
SELECT DISTINCT ON (point.id, zone.kind)
    point.id AS connection_point_id,
    zone.id AS zone_id,
    zone.kind AS zone_kind,
    lower(zone.valid) AS zone_from,
    upper(zone.valid) AS zone_until
FROM gis_connectionpoint AS point
JOIN gis_network AS network ON network.id = point.network_id
JOIN gis_zone AS zone
    ON ST_Intersects(zone.geom, point.geom)
    AND zone.valid @> %(at)s::timestamptz
    AND (zone.utility IS NULL OR zone.utility = network.utility)
ORDER BY point.id, zone.kind, ST_Area(zone.geom), zone.id
