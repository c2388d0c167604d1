-- The figures of zones whose members changed, from the day they changed: those that stand, and those of the days on
-- which meters that are or were members may have consumed.
INSERT INTO metering_stalezoneday (zone_id, utility, day)
WITH changed AS (
    SELECT zone_id, coalesce(since, '-infinity') AS since FROM unnest(%s::bigint[], %s::date[]) AS one (zone_id, since)
), known AS (
    SELECT %s::date AS first_day, %s::date AS last_day
), supplied AS (
    SELECT DISTINCT changed.zone_id, changed.since, meter.utility
    FROM changed
    JOIN ({memberships}) AS membership ON membership.zone_id = changed.zone_id
    JOIN metering_meter AS meter ON meter.connection_point_id = membership.connection_point_id
)
SELECT figure.zone_id, figure.utility, figure.day
FROM changed
JOIN metering_zoneconsumption AS figure ON figure.zone_id = changed.zone_id AND figure.day >= changed.since
UNION
SELECT supplied.zone_id, supplied.utility, day::date
FROM supplied
CROSS JOIN known
CROSS JOIN LATERAL generate_series(greatest(known.first_day, supplied.since), known.last_day, interval '1 day') AS day
ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
