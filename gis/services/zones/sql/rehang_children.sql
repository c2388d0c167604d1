-- Hang every zone in force that hung from one of the zones that ended from the new one that holds most of it.
UPDATE gis_zone AS child
SET parent_id = nearest.id, version = child.version + 1
FROM gis_zone AS held
CROSS JOIN LATERAL (
    SELECT one.id FROM gis_zone AS one
    WHERE one.id = ANY (%(after)s)
    ORDER BY ST_Area(ST_Intersection(one.geom, held.geom)) DESC, one.id
    LIMIT 1
) AS nearest
WHERE child.id = held.id AND held.parent_id = ANY (%(before)s) AND upper_inf(held.valid)
