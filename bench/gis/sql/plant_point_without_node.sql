-- Forget the node and link of some connection points.
UPDATE gis_connectionpoint SET node_id = NULL, link_id = NULL
WHERE id IN (SELECT id FROM gis_connectionpoint WHERE code ~ '^C' ORDER BY hashint8(id + 3) LIMIT %(number)s)
