-- For each device asked for: what is missing, what is held, and the last things that went wrong.
SELECT asked.id, gaps.open, gaps.asks, gaps.since, held.readings, letters.waiting,
       letter.id, letter.reason, letter.detail, letter.received_at, bad.code, bad.reason, bad.received_at
FROM unnest(%(devices)s::bigint[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT count(*) AS open, max(asks) AS asks, min(detected_at) AS since FROM telemetry_sequencegap AS gap
    WHERE gap.device_id = asked.id AND filled_at IS NULL AND abandoned_at IS NULL
) AS gaps
CROSS JOIN LATERAL (
    SELECT count(*) AS readings FROM telemetry_quarantinedreading AS aside
    WHERE aside.device_id = asked.id AND state = 'held'
) AS held
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting FROM (
        SELECT FROM telemetry_deadletter AS letter
        WHERE letter.device_id = asked.id AND replayed_at IS NULL AND discarded_at IS NULL LIMIT %(most)s
    ) AS counted
) AS letters
LEFT JOIN LATERAL (
    SELECT id, reason, detail, received_at FROM telemetry_deadletter AS letter
    WHERE letter.device_id = asked.id AND replayed_at IS NULL AND discarded_at IS NULL
    ORDER BY received_at DESC LIMIT 1
) AS letter ON true
LEFT JOIN LATERAL (
    SELECT sensor.code, latest.reason, latest.received_at
    FROM telemetry_sensor AS sensor JOIN telemetry_latestreading AS latest ON latest.sensor_id = sensor.id
    WHERE sensor.device_id = asked.id AND sensor.active AND latest.quality = 0 AND latest.reason <> ''
    ORDER BY latest.received_at DESC LIMIT 1
) AS bad ON true
