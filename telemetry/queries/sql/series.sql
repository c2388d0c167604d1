-- Buckets of roll-ups, and of the minutes since `cut` from the readings themselves: what is newest may not be folded.
WITH part AS (
    SELECT start, low, high, total, first, last, covered_s, count, good, used FROM {level}
    WHERE sensor_id = %(sensor_id)s AND start >= %(start)s AND start < least(%(cut)s, %(end)s)
    UNION ALL
    {tail}
)
SELECT {bucket} AS at, sum(total) / nullif(sum(used), 0) AS value, min(low) AS low, max(high) AS high,
       (array_agg(first ORDER BY start) FILTER (WHERE used > 0))[1] AS first,
       (array_agg(last ORDER BY start DESC) FILTER (WHERE used > 0))[1] AS last,
       sum(count) AS count, sum(good) AS good, sum(used) AS used, sum(covered_s) AS covered_s
FROM part GROUP BY 1 ORDER BY 1
