-- Draw the end of some pipes three metres off the node they are joined to.
UPDATE gis_link SET geom = ST_SetPoint(geom, -1, ST_Translate(ST_EndPoint(geom), 0.000033, 0))
WHERE id IN (SELECT id FROM gis_link WHERE kind = 'pipe' AND length_m > 20 ORDER BY hashint8(id) LIMIT %(number)s)
