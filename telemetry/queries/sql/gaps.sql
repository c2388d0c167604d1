-- Where nothing usable was measured for longer than `longest`: between neighbours, and at both ends of the window.
WITH seen AS (
    {seen}
    UNION ALL SELECT '-infinity'::timestamptz, %(start)s::timestamptz
    UNION ALL SELECT %(end)s::timestamptz, 'infinity'::timestamptz
), between AS (
    SELECT closes AS start, lead(opens) OVER (ORDER BY opens) AS "end" FROM seen
)
SELECT start, "end" FROM between WHERE "end" - start > %(longest)s AND "end" > start ORDER BY start LIMIT %(limit)s
