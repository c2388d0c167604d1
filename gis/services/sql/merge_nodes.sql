-- Write the staged nodes in the order of the file, which is that of their ids; counts new and changed ones.
WITH written AS (
    INSERT INTO gis_node (
        network_id, code, kind, geom, elevation_m, is_source, attributes, synthetic,
        source_digest, version, imported_version, created_in_id
    )
    SELECT %(network)s, code, kind, geom, elevation_m, is_source, attributes, synthetic, digest, 1, 1, %(record)s
    FROM staged_node
    ORDER BY row_number
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
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
