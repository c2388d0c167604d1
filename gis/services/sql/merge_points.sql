-- Returns one row per connection point written: true where it is new.
INSERT INTO gis_connectionpoint (
    network_id, code, node_id, link_id, geom, category, critical_kind, address,
    attributes, synthetic, source_digest, version, imported_version
)
SELECT
    %(network)s, staged.code, node.id, link.id, ST_SetSRID(staged.geom, 4326), staged.category,
    staged.critical_kind, staged.address, staged.attributes, staged.synthetic, staged.digest, 1, 1
FROM staged_point AS staged
JOIN gis_node AS node
    ON node.network_id = %(network)s AND node.kind = staged.node_kind AND node.code = staged.node_code
LEFT JOIN gis_link AS link
    ON link.network_id = %(network)s AND link.kind = staged.link_kind AND link.code = staged.link_code
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
RETURNING xmax = 0
