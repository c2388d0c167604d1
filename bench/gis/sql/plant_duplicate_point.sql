-- Write some connection points twice, the second time in small letters and with a dash.
INSERT INTO gis_connectionpoint (
    network_id, code, node_id, link_id, geom, category, critical_kind, address,
    attributes, synthetic, source_digest, version, imported_version
)
SELECT
    network_id, regexp_replace(lower(code), '^([a-z])', '\1-'), node_id, link_id, geom, category, critical_kind, address,
    attributes, synthetic, '', 1, 1
FROM gis_connectionpoint
ORDER BY hashint8(id + 2)
LIMIT %(number)s
