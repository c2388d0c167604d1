SELECT date_bin('1 minute', at, 'epoch') AS start,
       min(value) FILTER (WHERE quality IN (192, 64)) AS low, max(value) FILTER (WHERE quality IN (192, 64)) AS high,
       sum(value) FILTER (WHERE quality IN (192, 64)) AS total,
       (array_agg(value ORDER BY at) FILTER (WHERE quality IN (192, 64) AND value IS NOT NULL))[1] AS first,
       (array_agg(value ORDER BY at DESC) FILTER (WHERE quality IN (192, 64) AND value IS NOT NULL))[1] AS last,
       least(count(value) FILTER (WHERE quality IN (192, 64)), ceil(60 / %(interval_s)s)) * %(interval_s)s AS covered_s,
       count(*) AS count, count(*) FILTER (WHERE quality = 192) AS good,
       count(value) FILTER (WHERE quality IN (192, 64)) AS used
FROM telemetry_reading
WHERE sensor_id = %(sensor_id)s AND at >= greatest(%(start)s, %(cut)s) AND at < %(end)s GROUP BY 1
