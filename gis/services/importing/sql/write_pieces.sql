-- Write the pieces: new ones as their pipe is, or as their row says; those there already are drawn and joined anew,
-- and parts that nobody edited say what their pipe says.
WITH written AS (
    INSERT INTO gis_link (
        network_id, code, kind, start_node_id, end_node_id, geom, length_m, diameter_mm,
        state, state_source, operable, attributes, synthetic, source_digest, version, imported_version, created_in_id
    )
    SELECT
        %(network)s, code, kind, start_node_id, end_node_id, geom, length_m, diameter_mm,
        state, state_source, operable, attributes, synthetic, digest, 1, 1, %(record)s
    FROM piece
    ORDER BY row_number, code
    ON CONFLICT (network_id, kind, code) DO UPDATE SET
        start_node_id = EXCLUDED.start_node_id,
        end_node_id = EXCLUDED.end_node_id,
        geom = EXCLUDED.geom,
        length_m = EXCLUDED.length_m,
        diameter_mm = CASE {edited} THEN gis_link.diameter_mm ELSE EXCLUDED.diameter_mm END,
        state = CASE WHEN gis_link.state_source = 'survey' THEN EXCLUDED.state ELSE gis_link.state END,
        operable = CASE {edited} THEN gis_link.operable ELSE EXCLUDED.operable END,
        attributes = CASE {edited} THEN gis_link.attributes ELSE EXCLUDED.attributes END,
        version = gis_link.version + {more},
        imported_version = gis_link.imported_version + {more}
    WHERE (gis_link.start_node_id, gis_link.end_node_id) IS DISTINCT FROM (EXCLUDED.start_node_id, EXCLUDED.end_node_id)
        OR abs(gis_link.length_m - EXCLUDED.length_m) > 0.0005
        OR ST_HausdorffDistance(gis_link.geom, EXCLUDED.geom) > 1e-8
        OR (
            gis_link.version = gis_link.imported_version
            AND (gis_link.diameter_mm, gis_link.operable, gis_link.attributes)
            IS DISTINCT FROM (EXCLUDED.diameter_mm, EXCLUDED.operable, EXCLUDED.attributes)
        )
        OR gis_link.state_source = 'survey' AND gis_link.state <> EXCLUDED.state
    RETURNING xmax = 0 AS is_new, kind IN ('pipe', 'line') AS is_part
)
SELECT
    count(*) FILTER (WHERE is_new AND NOT is_part),
    count(*) FILTER (WHERE is_new AND is_part),
    count(*) FILTER (WHERE NOT is_new AND is_part)
FROM written
