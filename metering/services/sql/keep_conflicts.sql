-- Keep the staged registers that contradict the one kept; return how many rows of the file do.
WITH against AS (
    SELECT staged.meter_id, kept.at, kept.value AS kept, staged.value / 1000000::numeric AS offered
    FROM metering_staged AS staged
    JOIN metering_registerreading AS kept
        ON kept.meter_id = staged.meter_id AND kept.register = 0 AND kept.at = to_timestamp(staged.at)
    WHERE kept.value <> staged.value / 1000000::numeric
), told AS (
    INSERT INTO metering_registerconflict (meter_id, register, at, kept, offered, source, recorded_at, batch_id)
    SELECT DISTINCT meter_id, 0, at, kept, offered, %(source)s, %(now)s::timestamptz, %(batch)s::bigint FROM against
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM against
