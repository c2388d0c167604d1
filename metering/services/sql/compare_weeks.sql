-- The first days of a week and the same days of the year before, for each meter that has measured days now: volume,
-- days known, days measured where they lie.
SELECT
    daily.meter_id,
    meter.utility,
    sum(daily.volume) FILTER (WHERE daily.day >= %(now)s),
    count(*) FILTER (WHERE daily.day >= %(now)s AND daily.coverage > 0.99),
    count(*) FILTER (WHERE daily.day >= %(now)s AND daily.coverage > 0.99 AND daily.estimated_share < 0.5),
    sum(daily.volume) FILTER (WHERE daily.day < %(before_end)s),
    count(*) FILTER (WHERE daily.day < %(before_end)s AND daily.coverage > 0.99),
    count(*) FILTER (WHERE daily.day < %(before_end)s AND daily.coverage > 0.99 AND daily.estimated_share < 0.5)
FROM metering_dailyconsumption AS daily
JOIN metering_meter AS meter ON meter.id = daily.meter_id
WHERE (daily.day >= %(now)s AND daily.day < %(now_end)s) OR (daily.day >= %(before)s AND daily.day < %(before_end)s)
GROUP BY daily.meter_id, meter.utility
HAVING count(*) FILTER (WHERE daily.day >= %(now)s AND daily.coverage > 0.99 AND daily.estimated_share < 0.5) > 0
