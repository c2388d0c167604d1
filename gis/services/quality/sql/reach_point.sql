-- A zone's outline and a way of six metres from it to a point.
SELECT ST_Multi(ST_Union(
    zone.geom,
    ST_Buffer(ST_ShortestLine(zone.geom, %(point)s::geometry)::geography, 3)::geometry
))
FROM gis_zone AS zone
WHERE zone.id = %(zone)s
