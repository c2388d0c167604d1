-- Returns one row per link written: true where it is new. A state that staff or telemetry gave outlives the file's.
INSERT INTO gis_link (
    network_id, code, kind, start_node_id, end_node_id, geom, length_m, diameter_mm,
    state, state_source, operable, attributes, synthetic, source_digest, version, imported_version
)
SELECT
    %(network)s, staged.code, staged.kind, first.id, last.id, ST_SetSRID(staged.geom, 4326),
    coalesce(staged.length_m, ST_Length(ST_SetSRID(staged.geom, 4326)::geography)), staged.diameter_mm,
    staged.state, 'survey', staged.operable, staged.attributes, staged.synthetic, staged.digest, 1, 1
FROM staged_link AS staged
JOIN gis_node AS first
    ON first.network_id = %(network)s AND first.kind = staged.start_kind AND first.code = staged.start_code
JOIN gis_node AS last
    ON last.network_id = %(network)s AND last.kind = staged.end_kind AND last.code = staged.end_code
ON CONFLICT (network_id, kind, code) DO UPDATE SET
    start_node_id = EXCLUDED.start_node_id,
    end_node_id = EXCLUDED.end_node_id,
    geom = EXCLUDED.geom,
    length_m = EXCLUDED.length_m,
    diameter_mm = EXCLUDED.diameter_mm,
    state = CASE gis_link.state_source WHEN 'survey' THEN EXCLUDED.state ELSE gis_link.state END,
    operable = EXCLUDED.operable,
    attributes = EXCLUDED.attributes,
    synthetic = EXCLUDED.synthetic,
    source_digest = EXCLUDED.source_digest,
    version = gis_link.version + 1,
    imported_version = gis_link.version + 1
WHERE gis_link.source_digest <> EXCLUDED.source_digest
    AND gis_link.version = gis_link.imported_version
RETURNING xmax = 0
