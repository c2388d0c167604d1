UPDATE telemetry_device AS device
SET duplicates = device.duplicates + seen.repeated, conflicts = device.conflicts + seen.contradicted
FROM (
    SELECT sensor.device_id AS id, sum(counted.repeated) AS repeated, sum(counted.contradicted) AS contradicted
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS counted (sensor_id, repeated, contradicted)
    JOIN telemetry_sensor AS sensor ON sensor.id = counted.sensor_id
    GROUP BY sensor.device_id
) AS seen
WHERE device.id = seen.id
