-- For each of some sensors, the suppression in force that ends last: one that names it, or one of its zone.
SELECT DISTINCT ON (sensor.id) sensor.id, suppression.id
FROM telemetry_sensor AS sensor
JOIN telemetry_alarmsuppression AS suppression
    ON suppression.lifted_at IS NULL AND suppression.starts_at <= %(at)s AND suppression.ends_at > %(at)s
LEFT JOIN gis_zone AS zone ON zone.id = suppression.zone_id
WHERE sensor.id = ANY (%(sensors)s)
    AND (
        ST_Intersects(sensor.geom, zone.geom)
        OR EXISTS (
            SELECT FROM telemetry_alarmsuppression_sensors AS named
            WHERE named.alarmsuppression_id = suppression.id AND named.sensor_id = sensor.id
        )
    )
ORDER BY sensor.id, suppression.ends_at DESC, suppression.id
