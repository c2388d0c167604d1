-- What is claimed becomes one entry for each sensor and hour. A sensor that reports on change stands for its heartbeat.
INSERT INTO telemetry_folding (sensor_id, hour, start, mask, interval_s)
SELECT touched.sensor_id, touched.hour, to_timestamp(touched.hour * 3600.0::float8), bit_or(touched.mask),
       greatest(sensor.expected_interval_s, CASE WHEN sensor.deadband IS NOT NULL THEN sensor.heartbeat_s END)
FROM telemetry_rollupdirt AS dirt
CROSS JOIN LATERAL unnest(dirt.sensors, dirt.hours, dirt.masks) AS touched (sensor_id, hour, mask)
JOIN telemetry_sensor AS sensor ON sensor.id = touched.sensor_id
WHERE dirt.id = ANY(%(ids)s)
GROUP BY touched.sensor_id, touched.hour, sensor.expected_interval_s, sensor.deadband, sensor.heartbeat_s
