-- The ground gained or lost, and the ground shared with other zones of the kind.
SELECT ST_CollectionExtract(ST_Union(part.geom), 3)
FROM (
    SELECT ST_SymDifference(%(before)s::geometry, %(after)s::geometry) AS geom
    UNION ALL
    SELECT ST_Intersection(other.geom, %(after)s::geometry)
    FROM gis_zone AS zone
    JOIN gis_zone AS other ON other.kind = zone.kind AND other.id <> zone.id AND other.valid && zone.valid
    WHERE zone.id = %(zone)s AND ST_Relate(other.geom, %(after)s::geometry, 'T********')
) AS part
HAVING NOT ST_IsEmpty(ST_CollectionExtract(ST_Union(part.geom), 3))
