-- The newest reading of each sensor up to an instant; where readings are gone, the last value of an hour of roll-ups.
SELECT sensor.id, sensor.code, sensor.expected_interval_s, sensor.deadband IS NOT NULL AND sensor.heartbeat_s IS NOT NULL,
       sensor.heartbeat_s, coalesce(reading.at, hour.start), coalesce(reading.value, hour.last),
       coalesce(reading.quality, hour.quality), reading.at IS NULL
FROM telemetry_sensor AS sensor
LEFT JOIN LATERAL (
    SELECT at, value, quality FROM telemetry_reading AS reading
    WHERE reading.sensor_id = sensor.id AND reading.at <= %(at)s AND reading.at > %(since)s
    ORDER BY reading.at DESC LIMIT 1
) AS reading ON true
LEFT JOIN LATERAL (
    SELECT start, last, CASE WHEN good = count THEN 192 WHEN used > 0 THEN 64 ELSE 0 END AS quality
    FROM telemetry_rollup_1h AS hour
    WHERE reading.at IS NULL AND hour.sensor_id = sensor.id
      AND hour.start <= %(at)s::timestamptz - interval '1 hour' AND hour.start > %(since)s
    ORDER BY hour.start DESC LIMIT 1
) AS hour ON true
WHERE sensor.id = ANY(%(sensor_ids)s) AND coalesce(reading.at, hour.start) IS NOT NULL
ORDER BY sensor.id
