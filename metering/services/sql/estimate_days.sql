-- Days after the last register of a meter, for which nothing is known yet, taken as the same weekday of last year.
-- They are tagged, count as not covered, and give way to the registers when those come.
WITH estimated AS (
    INSERT INTO metering_dailyconsumption (meter_id, day, volume, coverage, estimated_share, method)
    SELECT meter.id, past.day + 364, past.volume, 0, 1, 'last_year'
    FROM metering_meter AS meter
    CROSS JOIN LATERAL (
        SELECT max(day) AS day FROM metering_dailyconsumption
        WHERE meter_id = meter.id AND method = 'registers' AND day > %(until)s::date - %(longest)s
    ) AS last
    JOIN metering_dailyconsumption AS past
        ON past.meter_id = meter.id AND past.method = 'registers' AND past.coverage > 0.99
        AND past.day > last.day - 364 AND past.day <= %(until)s::date - 364
    WHERE last.day < %(until)s::date AND upper_inf(meter.installed)
    ON CONFLICT DO NOTHING
    RETURNING meter_id, day
)
INSERT INTO metering_due (meter_id, first_day, last_day)
SELECT meter_id, min(day), max(day) FROM estimated GROUP BY meter_id
