-- Links edited, or joined to a node edited, that are drawn to end away from a node of theirs. Returns those not known yet.
INSERT INTO gis_stalearea (network_id, link_id, geom, distance_m, found_at)
SELECT
    link.network_id, link.id,
    ST_Buffer(ST_Envelope(ST_Collect(ARRAY[link.geom, first.geom, last.geom]))::geography, 5)::geometry,
    apart.metres, now()
FROM gis_link AS link
JOIN gis_node AS first ON first.id = link.start_node_id
JOIN gis_node AS last ON last.id = link.end_node_id
CROSS JOIN LATERAL (
    SELECT greatest(
        ST_Distance(ST_StartPoint(link.geom)::geography, first.geom::geography),
        ST_Distance(ST_EndPoint(link.geom)::geography, last.geom::geography)
    ) AS metres
) AS apart
WHERE (link.id = ANY(%(links)s) OR link.start_node_id = ANY(%(nodes)s) OR link.end_node_id = ANY(%(nodes)s))
    AND apart.metres > %(within)s
ON CONFLICT (link_id) WHERE settled_at IS NULL DO UPDATE
SET geom = EXCLUDED.geom, distance_m = EXCLUDED.distance_m
RETURNING link_id
