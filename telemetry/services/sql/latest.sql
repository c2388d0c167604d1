INSERT INTO telemetry_latestreading AS latest (sensor_id, at, received_at, seq, value, quality, reason, stale)
SELECT DISTINCT ON (sensor_id) sensor_id, at, received_at, seq, value, quality, reason, false
FROM telemetry_staging ORDER BY sensor_id, at DESC, place
ON CONFLICT (sensor_id) DO UPDATE
SET at = excluded.at, received_at = excluded.received_at, seq = excluded.seq, value = excluded.value,
    quality = excluded.quality, reason = excluded.reason, stale = false
WHERE excluded.at > latest.at
RETURNING sensor_id
