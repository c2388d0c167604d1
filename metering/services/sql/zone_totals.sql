-- What the meters that were in a zone on a day consumed there. A meter that was in it for part of the day counts
-- with that part. `metering_zone_due` holds the zone days and when each begins and ends.
DELETE FROM metering_zoneconsumption AS figure
USING metering_zone_due AS due
WHERE figure.zone_id = due.zone_id AND figure.utility = due.utility AND figure.day = due.day;

WITH present AS (
    SELECT
        due.zone_id,
        due.utility,
        due.day,
        member.meter_id,
        CASE
            WHEN member.whole OR member.valid @> due.span THEN 1::numeric
            ELSE (
                SELECT sum(extract(epoch FROM upper(part) - lower(part)))
                FROM unnest(member.valid * tstzmultirange(due.span)) AS part
            ) / extract(epoch FROM upper(due.span) - lower(due.span))
        END AS share
    FROM metering_zone_due AS due
    JOIN metering_member AS member ON member.zone_id = due.zone_id AND member.utility = due.utility
    WHERE member.whole OR (member.valid && due.span AND member.installed && due.span)
), known AS (
    SELECT daily.meter_id, daily.day, daily.volume, daily.coverage, daily.estimated_share
    FROM metering_dailyconsumption AS daily
    WHERE daily.day BETWEEN (SELECT min(day) FROM metering_zone_due) AND (SELECT max(day) FROM metering_zone_due)
)
INSERT INTO metering_zoneconsumption
    (zone_id, utility, day, value, coverage, estimated_share, meters_read, meters_total, computed_at)
SELECT
    present.zone_id,
    present.utility,
    present.day,
    sum(known.volume * present.share),
    coalesce(sum(known.coverage * present.share::float8), 0) / sum(present.share::float8),
    coalesce(
        sum(known.estimated_share * (known.volume * present.share)::float8)
        / nullif(sum((known.volume * present.share)::float8), 0),
        0
    ),
    count(*) FILTER (WHERE known.coverage > 0),
    count(*),
    statement_timestamp()
FROM present
LEFT JOIN known ON known.meter_id = present.meter_id AND known.day = present.day
GROUP BY present.zone_id, present.utility, present.day
