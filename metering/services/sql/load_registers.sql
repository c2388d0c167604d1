-- The usable registers of meters over their stale intervals, with a few before and after to read across.
SELECT span.meter_id, extract(epoch FROM reading.at)::bigint, (reading.value * 1000000)::bigint
FROM metering_intervals AS span
CROSS JOIN LATERAL (
    (
        SELECT at, value FROM metering_registerreading
        WHERE meter_id = span.meter_id AND register = 0 AND quality >= %(usable)s AND at < to_timestamp(span.starts)
        ORDER BY at DESC LIMIT %(around)s
    )
    UNION ALL
    (
        SELECT at, value FROM metering_registerreading
        WHERE meter_id = span.meter_id AND register = 0 AND quality >= %(usable)s
            AND at >= to_timestamp(span.starts) AND at < to_timestamp(span.ends)
    )
    UNION ALL
    (
        SELECT at, value FROM metering_registerreading
        WHERE meter_id = span.meter_id AND register = 0 AND quality >= %(usable)s AND at >= to_timestamp(span.ends)
        ORDER BY at LIMIT %(around)s
    )
) AS reading
ORDER BY span.meter_id, reading.at
