SELECT EXISTS (
    SELECT FROM telemetry_folding AS folding
    JOIN telemetry_rollup_1m AS minute
      ON minute.sensor_id = folding.sensor_id
     AND minute.start >= folding.start AND minute.start < folding.start + interval '1 hour'
    WHERE minute.start >= %(start)s AND minute.start < %(end)s
      AND folding.hour BETWEEN %(first_hour)s AND %(last_hour)s
      AND folding.sensor_id > %(after)s AND folding.sensor_id <= %(until)s
)
