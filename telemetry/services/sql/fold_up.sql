-- One level from the one below: the buckets that hold a touched minute, and no others.
WITH bucket AS (
    SELECT DISTINCT touched.sensor_id, touched.interval_s, touched.start, touched.until
    FROM ({buckets}) AS touched
), folded AS (
    SELECT bucket.sensor_id, bucket.start, bucket.until, bucket.interval_s, part.*
    FROM bucket CROSS JOIN LATERAL (
        SELECT min(low) AS low, max(high) AS high, sum(total) AS total, sum(covered_s) AS covered_s,
               sum(count) AS count, sum(good) AS good, sum(used) AS used,
               min(below.start) FILTER (WHERE below.used > 0) AS first_start,
               max(below.start) FILTER (WHERE below.used > 0) AS last_start
        FROM {below} AS below
        WHERE below.sensor_id = bucket.sensor_id AND below.start >= bucket.start AND below.start < bucket.until
          AND below.start >= %(day_start)s AND below.start < %(day_end)s
    ) AS part
    WHERE part.count > 0
)
INSERT INTO {level} AS kept (sensor_id, start, low, high, total, first, last, covered_s, count, good, used)
SELECT folded.sensor_id, folded.start, folded.low, folded.high, folded.total,
    (SELECT below.first FROM {below} AS below
     WHERE below.sensor_id = folded.sensor_id AND below.start = folded.first_start
       AND below.start >= %(day_start)s AND below.start < %(day_end)s),
    (SELECT below.last FROM {below} AS below
     WHERE below.sensor_id = folded.sensor_id AND below.start = folded.last_start
       AND below.start >= %(day_start)s AND below.start < %(day_end)s),
    least(folded.covered_s, ceil(date_part('epoch', folded.until - folded.start) / folded.interval_s) * folded.interval_s),
    folded.count, folded.good, folded.used
FROM folded
ORDER BY folded.sensor_id, folded.start
