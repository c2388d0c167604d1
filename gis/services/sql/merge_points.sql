-- Write the resolved connection points; counts those that are new and those that changed.
WITH written AS (
    INSERT INTO gis_connectionpoint (
        network_id, code, node_id, link_id, geom, category, critical_kind, address,
        attributes, synthetic, source_digest, version, imported_version, created_in_id
    )
    SELECT
        %(network)s, code, node_id, link_id, geom, category, critical_kind, address,
        attributes, synthetic, digest, 1, 1, %(record)s
    FROM resolved_point
    ORDER BY row_number
    ON CONFLICT (network_id, code) DO UPDATE SET
        node_id = EXCLUDED.node_id,
        link_id = EXCLUDED.link_id,
        geom = EXCLUDED.geom,
        category = EXCLUDED.category,
        critical_kind = EXCLUDED.critical_kind,
        address = EXCLUDED.address,
        attributes = EXCLUDED.attributes,
        synthetic = EXCLUDED.synthetic,
        source_digest = EXCLUDED.source_digest,
        version = gis_connectionpoint.version + 1,
        imported_version = gis_connectionpoint.version + 1
    WHERE gis_connectionpoint.source_digest <> EXCLUDED.source_digest
        AND gis_connectionpoint.version = gis_connectionpoint.imported_version
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
