-- Readings to minutes: those touched, and no others.
INSERT INTO telemetry_rollup_1m AS kept
    (sensor_id, start, low, high, total, first, last, covered_s, count, good, used)
SELECT minute.sensor_id, minute.start, minute.low, minute.high, minute.total,
    CASE WHEN minute.used < 2 THEN minute.low ELSE (
        SELECT value FROM telemetry_reading AS reading
        WHERE reading.sensor_id = minute.sensor_id AND reading.at = minute.first_at
          AND reading.at >= %(start)s AND reading.at < %(end)s) END,
    CASE WHEN minute.used < 2 THEN minute.high ELSE (
        SELECT value FROM telemetry_reading AS reading
        WHERE reading.sensor_id = minute.sensor_id AND reading.at = minute.last_at
          AND reading.at >= %(start)s AND reading.at < %(end)s) END,
    least(minute.used, ceil(60 / minute.interval_s)) * minute.interval_s,
    minute.count, minute.good, minute.used
FROM (
    SELECT folding.sensor_id, folding.interval_s, date_bin('1 minute', reading.at, 'epoch') AS start,
           count(*) AS count,
           count(*) FILTER (WHERE reading.quality = 192) AS good,
           count(reading.value) FILTER (WHERE reading.quality IN (192, 64)) AS used,
           min(reading.value) FILTER (WHERE reading.quality IN (192, 64)) AS low,
           max(reading.value) FILTER (WHERE reading.quality IN (192, 64)) AS high,
           sum(reading.value) FILTER (WHERE reading.quality IN (192, 64)) AS total,
           min(reading.at) FILTER (WHERE reading.quality IN (192, 64) AND reading.value IS NOT NULL) AS first_at,
           max(reading.at) FILTER (WHERE reading.quality IN (192, 64) AND reading.value IS NOT NULL) AS last_at
    FROM telemetry_folding AS folding
    CROSS JOIN LATERAL (
        SELECT at, value, quality FROM telemetry_reading
        WHERE sensor_id = folding.sensor_id AND at >= folding.start AND at < folding.start + interval '1 hour'
          AND at >= %(start)s AND at < %(end)s
        OFFSET 0  -- one index range for each entry, never each reading against all entries
    ) AS reading
    WHERE folding.hour BETWEEN %(first_hour)s AND %(last_hour)s
      AND folding.sensor_id > %(after)s AND folding.sensor_id <= %(until)s
      AND (folding.mask >> date_part('minute', reading.at - folding.start)::int) & 1 = 1
    GROUP BY folding.sensor_id, folding.interval_s, 3
) AS minute
ORDER BY minute.sensor_id, minute.start
