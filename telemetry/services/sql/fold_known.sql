-- Whether any of the minutes touched is there already.
SELECT EXISTS (
    SELECT FROM telemetry_folding AS folding
    CROSS JOIN LATERAL (
        SELECT FROM telemetry_rollup_1m
        WHERE sensor_id = folding.sensor_id AND start >= folding.start AND start < folding.start + interval '1 hour'
          AND start >= %(start)s AND start < %(end)s
          AND (folding.mask >> date_part('minute', start - folding.start)::int) & 1 = 1
        LIMIT 1
    ) AS minute
    WHERE folding.hour BETWEEN %(first_hour)s AND %(last_hour)s
      AND folding.sensor_id > %(after)s AND folding.sensor_id <= %(until)s
)
