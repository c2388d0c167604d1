-- For each meter with new registers: from the register before the first of them to the one after the last.
SELECT
    added.meter_id,
    extract(epoch FROM coalesce(before.at, to_timestamp(added.first)))::bigint,
    extract(epoch FROM coalesce(after.at, to_timestamp(added.last)))::bigint
FROM (SELECT meter_id, min(at) AS first, max(at) AS last FROM metering_added GROUP BY meter_id) AS added
LEFT JOIN LATERAL (
    SELECT at FROM metering_registerreading
    WHERE meter_id = added.meter_id AND register = 0 AND at < to_timestamp(added.first)
    ORDER BY at DESC LIMIT 1
) AS before ON true
LEFT JOIN LATERAL (
    SELECT at FROM metering_registerreading
    WHERE meter_id = added.meter_id AND register = 0 AND at > to_timestamp(added.last)
    ORDER BY at LIMIT 1
) AS after ON true
ORDER BY added.meter_id
