-- In order of the sensors, so that two writers never wait for each other crosswise.
INSERT INTO telemetry_latestreading AS latest (sensor_id, at, received_at, seq, value, quality, reason, stale)
SELECT sensor_id, at, received_at, seq, value, quality, reason, false
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::float8[], %s::smallint[], %s::text[])
    AS newest (sensor_id, at, received_at, seq, value, quality, reason)
ORDER BY sensor_id
ON CONFLICT (sensor_id) DO UPDATE
SET at = excluded.at, received_at = excluded.received_at, seq = excluded.seq, value = excluded.value,
    quality = excluded.quality, reason = excluded.reason, stale = false
WHERE excluded.at > latest.at
RETURNING sensor_id
