-- Write the resolved links; counts those that are new and those that changed. A state that staff or telemetry gave
-- outlives the file's.
WITH written AS (
    INSERT INTO gis_link (
        network_id, code, kind, start_node_id, end_node_id, geom, length_m, diameter_mm,
        state, state_source, operable, attributes, synthetic, source_digest, version, imported_version, created_in_id
    )
    SELECT
        %(network)s, code, kind, start_node_id, end_node_id, geom,
        coalesce(length_m, ST_Length(geom::geography)), diameter_mm,
        state, 'survey', operable, attributes, synthetic, digest, 1, 1, %(record)s
    FROM resolved_link
    ORDER BY row_number
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
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
