-- Stale areas whose link ends at its nodes again.
UPDATE gis_stalearea AS area
SET settled_at = now()
FROM gis_link AS link
JOIN gis_node AS first ON first.id = link.start_node_id
JOIN gis_node AS last ON last.id = link.end_node_id
WHERE area.link_id = link.id AND area.settled_at IS NULL
    AND (link.id = ANY(%(links)s) OR link.start_node_id = ANY(%(nodes)s) OR link.end_node_id = ANY(%(nodes)s))
    AND ST_DWithin(ST_StartPoint(link.geom)::geography, first.geom::geography, %(within)s)
    AND ST_DWithin(ST_EndPoint(link.geom)::geography, last.geom::geography, %(within)s)
RETURNING area.link_id
