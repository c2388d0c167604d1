-- A point that names a link and no node joins at the nearer end of that link.
UPDATE resolved_point AS point
SET node_id = CASE
    WHEN ST_Distance(first.geom, point.geom) <= ST_Distance(last.geom, point.geom) THEN first.id
    ELSE last.id
END
FROM gis_link AS link
JOIN gis_node AS first ON first.id = link.start_node_id
JOIN gis_node AS last ON last.id = link.end_node_id
WHERE point.link_id = link.id AND point.node_code IS NULL
