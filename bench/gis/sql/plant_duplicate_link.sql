-- Draw some pipes twice.
INSERT INTO gis_link (
    network_id, code, kind, start_node_id, end_node_id, geom, length_m, diameter_mm,
    state, state_source, operable, attributes, synthetic, source_digest, version, imported_version
)
SELECT
    network_id, code || '-twin', kind, start_node_id, end_node_id, geom, length_m, diameter_mm,
    state, state_source, operable, attributes, synthetic, '', 1, 1
FROM gis_link
WHERE kind = 'pipe'
    AND ST_DWithin(ST_EndPoint(geom), (SELECT node.geom FROM gis_node AS node WHERE node.id = end_node_id), 1e-7)
ORDER BY hashint8(id + 1)
LIMIT %(number)s
