-- What is said of each thing found, in the order given.
SELECT
    found.rank, found.place, found.reference,
    coalesce(link.kind, node.kind, found.place) AS kind,
    coalesce(link.code, node.code, point.code, zone.code) AS code,
    coalesce(link.attributes ->> 'name', node.attributes ->> 'name', point.address, zone.name_fr) AS label_fr,
    zone.name_ar,
    network.code, coalesce(network.utility, zone.utility),
    ST_X(spot), ST_Y(spot),
    ST_XMin(zone.geom), ST_YMin(zone.geom), ST_XMax(zone.geom), ST_YMax(zone.geom)
FROM unnest(%(ranks)s::int[], %(places)s::text[], %(ids)s::bigint[], %(references)s::text[])
    AS found (rank, place, id, reference)
LEFT JOIN gis_link AS link ON found.place = 'link' AND link.id = found.id
LEFT JOIN gis_node AS node ON found.place = 'node' AND node.id = found.id
LEFT JOIN gis_connectionpoint AS point ON found.place = 'connection_point' AND point.id = found.id
LEFT JOIN gis_zone AS zone ON found.place = 'zone' AND zone.id = found.id
LEFT JOIN gis_network AS network
    ON network.id = coalesce(link.network_id, node.network_id, point.network_id)
CROSS JOIN LATERAL coalesce(
    ST_LineInterpolatePoint(link.geom, 0.5), node.geom, point.geom, ST_PointOnSurface(zone.geom)
) AS spot
WHERE coalesce(link.id, node.id, point.id, zone.id) IS NOT NULL
