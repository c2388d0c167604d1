CREATE TEMPORARY TABLE IF NOT EXISTS telemetry_folding (
    sensor_id bigint NOT NULL,
    hour integer NOT NULL,
    start timestamptz NOT NULL,
    mask bigint NOT NULL,
    interval_s double precision NOT NULL
) ON COMMIT DELETE ROWS
