-- Web Mercator keeps shapes, so its order of distances holds locally and its index serves (the place must be a constant
-- for that); metres are measured on the ellipsoid. A few candidates are measured, since devices and pipes meet.
WITH candidates AS MATERIALIZED (
    SELECT link.id, link.kind, link.code, link.network_id, link.geom
    FROM gis_link AS link
    WHERE link.network_id = ANY(%(networks)s)
    ORDER BY link.geom_3857 <-> ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 3857)
    LIMIT 8
)
SELECT
    candidates.id, candidates.kind, candidates.code, network.id, network.code,
    ST_Distance(
        candidates.geom::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography
    ) AS distance_m
FROM candidates
JOIN gis_network AS network ON network.id = candidates.network_id
ORDER BY distance_m, candidates.id
LIMIT 1
