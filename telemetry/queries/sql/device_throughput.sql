-- Readings stored for each device and hour, and how many of them are of no use.
SELECT sensor.device_id, rollup.start, sum(rollup.count), sum(rollup.count - rollup.used)
FROM telemetry_sensor AS sensor JOIN telemetry_rollup_1h AS rollup ON rollup.sensor_id = sensor.id
WHERE sensor.device_id = ANY (%(devices)s) AND rollup.start >= %(start)s
GROUP BY sensor.device_id, rollup.start
