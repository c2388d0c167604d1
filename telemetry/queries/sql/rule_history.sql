-- The trusted values of several sensors, each within its own span; the outer bounds prune the partitions.
SELECT reading.sensor_id, reading.at, reading.value
FROM unnest(%(sensors)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS asked (sensor_id, start, stop)
JOIN telemetry_reading AS reading
    ON reading.sensor_id = asked.sensor_id AND reading.at > asked.start AND reading.at <= asked.stop
WHERE reading.at > %(first)s AND reading.at <= %(last)s
    AND reading.value IS NOT NULL AND reading.quality = ANY (%(trusted)s::smallint[])
ORDER BY reading.sensor_id, reading.at
