-- Returns one row per node written: true where it is new.
INSERT INTO gis_node (
    network_id, code, kind, geom, elevation_m, is_source, attributes, synthetic,
    source_digest, version, imported_version
)
SELECT %(network)s, code, kind, ST_SetSRID(geom, 4326), elevation_m, is_source, attributes, synthetic, digest, 1, 1
FROM staged_node
ON CONFLICT (network_id, kind, code) DO UPDATE SET
    geom = EXCLUDED.geom,
    elevation_m = EXCLUDED.elevation_m,
    is_source = EXCLUDED.is_source,
    attributes = EXCLUDED.attributes,
    synthetic = EXCLUDED.synthetic,
    source_digest = EXCLUDED.source_digest,
    version = gis_node.version + 1,
    imported_version = gis_node.version + 1
WHERE gis_node.source_digest <> EXCLUDED.source_digest
    AND gis_node.version = gis_node.imported_version
RETURNING xmax = 0
