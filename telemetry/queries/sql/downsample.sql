-- The lowest and the highest reading of each of equal slices of time: peaks stay, the number of points is bounded.
WITH sliced AS (
    SELECT at, value, quality,
           width_bucket(extract(epoch FROM at), extract(epoch FROM %(start)s::timestamptz),
                        extract(epoch FROM %(end)s::timestamptz), %(slices)s) AS slice
    FROM telemetry_reading
    WHERE sensor_id = %(sensor_id)s AND at >= %(start)s AND at < %(end)s
), ranked AS (
    SELECT at, value, quality,
           row_number() OVER (PARTITION BY slice ORDER BY value ASC NULLS LAST, at) AS from_low,
           row_number() OVER (PARTITION BY slice ORDER BY value DESC NULLS LAST, at) AS from_high
    FROM sliced
)
SELECT at, value, quality FROM ranked WHERE from_low = 1 OR from_high = 1 ORDER BY at
