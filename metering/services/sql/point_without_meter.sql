-- Connection points with no meter in place at the instant, in networks that are metered at all.
SELECT
    'connection_point:' || point.id AS key,
    'connection_point' AS subject_table, point.id AS subject_id,
    'connection_point' AS subject_kind, point.code AS subject_code,
    point.geom,
    '' AS repair,
    jsonb_build_object('address', nullif(point.address, ''), 'last', last.code) AS details
FROM gis_connectionpoint AS point
LEFT JOIN LATERAL (
    SELECT meter.code
    FROM metering_meter AS meter
    WHERE meter.connection_point_id = point.id
    ORDER BY lower(meter.installed) DESC NULLS LAST
    LIMIT 1
) AS last ON true
WHERE point.network_id = %(network)s
    AND (%(area)s::geometry IS NULL OR point.geom && %(area)s::geometry)
    AND EXISTS (
        SELECT FROM metering_meter AS meter
        JOIN gis_connectionpoint AS metered ON metered.id = meter.connection_point_id
        WHERE metered.network_id = %(network)s
    )
    AND NOT EXISTS (
        SELECT FROM metering_meter AS meter
        WHERE meter.connection_point_id = point.id AND meter.installed @> %(at)s::timestamptz
    )
