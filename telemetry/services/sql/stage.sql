CREATE TEMPORARY TABLE IF NOT EXISTS telemetry_staging (
    place integer NOT NULL,
    sensor_id bigint NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    seq bigint,
    value double precision,
    quality smallint NOT NULL
) ON COMMIT DELETE ROWS
