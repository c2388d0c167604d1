-- What the meters that were in a zone on a day consumed there. A meter that was in it for part of the day counts
-- with that part. `metering_zone_due` holds the zone days and the instants at which each begins and ends.
DELETE FROM metering_zoneconsumption AS figure
USING metering_zone_due AS due
WHERE figure.zone_id = due.zone_id AND figure.utility = due.utility AND figure.day = due.day;

INSERT INTO metering_zoneconsumption
    (zone_id, utility, day, value, coverage, estimated_share, meters_read, meters_total, computed_at)
SELECT
    member.zone_id,
    member.utility,
    member.day,
    sum(daily.volume * member.share),
    coalesce(sum(daily.coverage * member.share), 0) / sum(member.share),
    coalesce(sum(daily.estimated_share * daily.volume * member.share) / nullif(sum(daily.volume * member.share), 0), 0),
    count(DISTINCT member.meter_id) FILTER (WHERE daily.coverage > 0),
    count(DISTINCT member.meter_id),
    %s
FROM (
    SELECT
        due.zone_id,
        due.utility,
        due.day,
        meter.id AS meter_id,
        CASE
            WHEN membership.valid @> due.span THEN 1::numeric
            ELSE (
                extract(epoch FROM upper(membership.valid * due.span) - lower(membership.valid * due.span))
                / extract(epoch FROM upper(due.span) - lower(due.span))
            )::numeric
        END AS share
    FROM metering_zone_due AS due
    JOIN ({memberships}) AS membership ON membership.zone_id = due.zone_id AND membership.valid && due.span
    JOIN metering_meter AS meter
        ON meter.connection_point_id = membership.connection_point_id
        AND meter.utility = due.utility
        AND meter.installed && due.span
) AS member
LEFT JOIN metering_dailyconsumption AS daily ON daily.meter_id = member.meter_id AND daily.day = member.day
GROUP BY member.zone_id, member.utility, member.day
