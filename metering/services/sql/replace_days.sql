-- The stale days of the meters at hand give way to what was computed.
DELETE FROM metering_dailyconsumption AS daily
USING metering_due AS due
WHERE daily.meter_id = due.meter_id AND daily.day BETWEEN due.first_day AND due.last_day;

INSERT INTO metering_dailyconsumption (meter_id, day, volume, coverage, estimated_share, method)
SELECT meter_id, day, volume / 1000000::numeric, coverage, estimated_share, 'registers'
FROM metering_computed
