-- What is to be known: before the instant asked what was known, from then on where the points lie. A point of which
-- nothing was known has been where it lies for as long as the zones were drawn so.
CREATE TEMPORARY TABLE wanted_membership ON COMMIT DROP AS
SELECT point_id, kind, zone_id, unnest(range_agg(valid)) AS valid
FROM (
    SELECT
        target.point_id, target.kind, target.zone_id,
        CASE
            WHEN known.point_id IS NULL THEN target.valid
            ELSE target.valid * tstzrange(%(at)s::timestamptz, NULL)
        END AS valid
    FROM target_membership AS target
    LEFT JOIN (SELECT DISTINCT point_id, kind FROM held_membership) AS known USING (point_id, kind)
    UNION ALL
    SELECT point_id, kind, zone_id, valid * tstzrange(NULL, %(at)s::timestamptz) FROM held_membership
) AS part
WHERE NOT isempty(valid)
GROUP BY point_id, kind, zone_id
