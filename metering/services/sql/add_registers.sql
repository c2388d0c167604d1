-- Keep the staged registers that are new; the first row of a file wins over its later twins.
WITH first AS (
    SELECT DISTINCT ON (meter_id, at) meter_id, at, value
    FROM metering_staged
    ORDER BY meter_id, at, line
), added AS (
    INSERT INTO metering_registerreading (meter_id, register, at, value, source, quality, recorded_at, batch_id)
    SELECT meter_id, 0, to_timestamp(at), value / 1000000::numeric, %(source)s, %(quality)s, %(now)s, %(batch)s
    FROM first
    ON CONFLICT DO NOTHING
    RETURNING meter_id, at
)
INSERT INTO metering_added (meter_id, at) SELECT meter_id, extract(epoch FROM at)::bigint FROM added
