-- The figures that follow from the days of the meters at hand: of the zones they were in on those days.
INSERT INTO metering_stalezoneday (zone_id, utility, day)
SELECT spread.zone_id, spread.utility, day::date
FROM (
    SELECT membership.zone_id, meter.utility, min(due.first_day) AS first_day, max(due.last_day) AS last_day
    FROM metering_due AS due
    JOIN metering_meter AS meter ON meter.id = due.meter_id
    JOIN ({memberships}) AS membership ON membership.connection_point_id = meter.connection_point_id
    WHERE membership.valid && tstzrange(due.first_day - interval '1 day', due.last_day + interval '2 days')
    GROUP BY membership.zone_id, meter.utility
) AS spread
CROSS JOIN LATERAL generate_series(spread.first_day, spread.last_day, interval '1 day') AS day
ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
