-- The last change of a layer and how many there were: a late commit changes the second, though not the first. Zones
-- also come into force and end while nobody changes anything.
SELECT concat_ws('.', max(id), sum(changes), CASE %(layer)s WHEN 'zones' THEN (
    SELECT count(*) FILTER (WHERE lower(valid) <= now()) + count(*) FILTER (WHERE upper(valid) <= now()) FROM gis_zone
) END)
FROM gis_layerchange
WHERE layer = %(layer)s
