-- Take the stale days of some meters: one span per meter, from its first stale day to its last.
WITH chosen AS (
    SELECT DISTINCT meter_id FROM (SELECT meter_id FROM metering_stalespan ORDER BY meter_id LIMIT %s) AS waiting
), claimed AS (
    DELETE FROM metering_stalespan WHERE meter_id IN (SELECT meter_id FROM chosen)
    RETURNING meter_id, first_day, last_day
)
SELECT meter_id, min(first_day), max(last_day) FROM claimed GROUP BY meter_id ORDER BY meter_id
