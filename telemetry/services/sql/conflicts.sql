INSERT INTO telemetry_readingconflict (sensor_id, at, received_at, seq, value, quality)
SELECT staged.sensor_id, staged.at, staged.received_at, staged.seq, staged.value, staged.quality
FROM telemetry_staging AS staged
JOIN telemetry_reading AS stored ON stored.sensor_id = staged.sensor_id AND stored.at = staged.at
WHERE stored.at BETWEEN %(first)s AND %(last)s
  AND (stored.value, stored.quality) IS DISTINCT FROM (staged.value, staged.quality)
ORDER BY staged.place
ON CONFLICT (sensor_id, at, value, quality) DO NOTHING
RETURNING sensor_id
