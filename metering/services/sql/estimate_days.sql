-- What nobody has read yet, taken as the same weekday of last year: the rest of the day on which the last register of
-- a meter fell, and the days after it. It is tagged, counts as not covered, and gives way to registers when they come.
WITH last AS (
    SELECT meter.id AS meter_id, known.day
    FROM metering_meter AS meter
    CROSS JOIN LATERAL (
        SELECT max(day) AS day FROM metering_dailyconsumption
        WHERE meter_id = meter.id AND method = 'registers' AND day > %(until)s::date - %(longest)s
    ) AS known
    WHERE known.day <= %(until)s::date AND upper_inf(meter.installed)
), past AS (
    SELECT last.meter_id, last.day AS last_day, daily.day + 364 AS day, daily.volume
    FROM last
    JOIN metering_dailyconsumption AS daily
        ON daily.meter_id = last.meter_id AND daily.method = 'registers' AND daily.coverage > 0.99
        AND daily.day >= last.day - 364 AND daily.day <= %(until)s::date - 364
), completed AS (
    UPDATE metering_dailyconsumption AS daily
    SET
        volume = daily.volume + past.volume * (1 - daily.coverage)::numeric,
        estimated_share = coalesce(
            (daily.volume * daily.estimated_share::numeric + past.volume * (1 - daily.coverage)::numeric)
            / nullif(daily.volume + past.volume * (1 - daily.coverage)::numeric, 0),
            0
        ),
        method = 'last_year'
    FROM past
    WHERE past.day = past.last_day AND daily.meter_id = past.meter_id AND daily.day = past.day
        AND daily.coverage < 0.999
    RETURNING daily.meter_id, daily.day
), added AS (
    INSERT INTO metering_dailyconsumption (meter_id, day, volume, coverage, estimated_share, method)
    SELECT meter_id, day, volume, 0, 1, 'last_year' FROM past WHERE day > last_day
    ON CONFLICT DO NOTHING
    RETURNING meter_id, day
)
INSERT INTO metering_due (meter_id, first_day, last_day)
SELECT meter_id, min(day), max(day)
FROM (SELECT meter_id, day FROM completed UNION ALL SELECT meter_id, day FROM added) AS estimated
GROUP BY meter_id
