-- Take some stale figures of zones, days together so that the registers of a day are read once.
DELETE FROM metering_stalezoneday
WHERE (zone_id, utility, day) IN (
    SELECT zone_id, utility, day FROM metering_stalezoneday ORDER BY day DESC, zone_id LIMIT %s
)
RETURNING zone_id, utility, day
