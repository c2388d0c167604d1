-- Keep where the devices were drawn, on which pipe, and which part of it goes on after them.
INSERT INTO gis_drawndevice (device_id, host_id, part_id, geom, along, at_end, reversed, created_in_id)
SELECT device.id, cut.host_id, part.id, cut.geom, cut.along, cut.at_end, cut.reversed, %(record)s
FROM cut
JOIN gis_link AS device ON device.network_id = %(network)s AND device.kind = cut.kind AND device.code = cut.code
LEFT JOIN gis_link AS part
    ON part.network_id = %(network)s AND part.kind = cut.host_kind AND part.code = cut.part_code
    AND cut.at_end <> 'end' AND NOT (cut.place = 1 AND cut.at_end = 'start')
WHERE cut.held_along IS NULL OR abs(cut.held_along - cut.along) > 1e-6
ORDER BY device.id
