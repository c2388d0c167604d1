-- The meters of the zones at hand, once per zone, with the times at which they were in it; `whole` when that was all
-- the time the figures at hand span.
DROP TABLE IF EXISTS metering_member;

CREATE TEMPORARY TABLE metering_member ON COMMIT DROP AS
SELECT
    zone.zone_id,
    meter.utility,
    meter.id AS meter_id,
    meter.installed,
    range_agg(membership.valid) AS valid,
    range_agg(membership.valid) @> zone.span AND meter.installed @> zone.span AS whole
FROM (
    SELECT zone_id, utility, range_merge(range_agg(span)) AS span FROM metering_zone_due GROUP BY zone_id, utility
) AS zone
JOIN ({memberships}) AS membership ON membership.zone_id = zone.zone_id AND membership.valid && zone.span
JOIN metering_meter AS meter
    ON meter.connection_point_id = membership.connection_point_id
    AND meter.utility = zone.utility
    AND meter.installed && zone.span
GROUP BY zone.zone_id, zone.span, meter.id
