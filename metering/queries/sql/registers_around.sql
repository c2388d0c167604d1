-- The usable registers of the telemetered meters of a zone around a time.
SELECT reading.meter_id, extract(epoch FROM reading.at)::bigint, (reading.value * 1000000)::bigint
FROM unnest(%(meters)s::bigint[]) AS wanted (meter_id)
JOIN metering_registerreading AS reading
    ON reading.meter_id = wanted.meter_id AND reading.register = 0 AND reading.quality >= %(usable)s
    AND reading.at >= %(start)s AND reading.at < %(end)s
ORDER BY reading.meter_id, reading.at
