-- The first value for a device time stays; the order of the batch decides between two of the same batch.
INSERT INTO telemetry_reading (sensor_id, at, received_at, seq, value, quality)
SELECT sensor_id, at, received_at, seq, value, quality FROM telemetry_staging ORDER BY sensor_id, at, place
ON CONFLICT (sensor_id, at) DO NOTHING
RETURNING sensor_id, at
