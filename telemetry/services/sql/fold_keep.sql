-- Readings are only ever added: of two folds of one bucket the one that saw more is right. So workers may overtake each
-- other, and what retention has taken away unfolds nothing.
ON CONFLICT (sensor_id, start) DO UPDATE
SET low = excluded.low, high = excluded.high, total = excluded.total, first = excluded.first, last = excluded.last,
    covered_s = excluded.covered_s, count = excluded.count, good = excluded.good, used = excluded.used
WHERE excluded.count > kept.count
