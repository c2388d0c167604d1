-- The critical customers of a network, and where they hang.
SELECT id, code, ST_X(geom), ST_Y(geom), category, critical_kind, address,
    %(everywhere)s OR coalesce(ST_Intersects(geom, %(area)s::geometry), false),
    node_id, link_id
FROM gis_connectionpoint
WHERE network_id = %(network)s AND critical_kind <> ''
ORDER BY coalesce(array_position(%(first)s::text[], critical_kind::text), 999), code
