INSERT INTO telemetry_quarantinedreading
    (device_id, sensor_id, at, received_at, seq, value, quality, reason, state)
SELECT sensor.device_id, aside.sensor_id, aside.at, aside.received_at, aside.seq, aside.value, aside.quality, aside.reason,
       'held'
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::float8[], %s::smallint[], %s::text[])
    AS aside (sensor_id, at, received_at, seq, value, quality, reason)
JOIN telemetry_sensor AS sensor ON sensor.id = aside.sensor_id
ON CONFLICT (sensor_id, at, value, quality) DO NOTHING
