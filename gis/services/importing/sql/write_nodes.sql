-- Write the nodes before and after each device; their heights lie between those of the pipe's ends.
WITH cut_node AS (
    SELECT host_id, before_code AS code, from_share AS share FROM cut WHERE at_end <> 'start'
    UNION ALL
    SELECT host_id, after_code, to_share FROM cut WHERE at_end <> 'end'
), written AS (
    INSERT INTO gis_node (
        network_id, code, kind, geom, elevation_m, is_source, attributes, synthetic,
        source_digest, version, imported_version, created_in_id
    )
    SELECT
        %(network)s,
        cut_node.code,
        %(node_kind)s,
        ST_SnapToGrid(ST_Transform(ST_LineInterpolatePoint(host.plane, cut_node.share), 4326), 1e-9),
        first.elevation_m + cut_node.share * (last.elevation_m - first.elevation_m),
        false, '{}', false, '', 1, 1, %(record)s
    FROM cut_node
    JOIN host ON host.host_id = cut_node.host_id
    JOIN gis_node AS first ON first.id = host.first_node_id
    JOIN gis_node AS last ON last.id = host.last_node_id
    ORDER BY cut_node.code
    ON CONFLICT (network_id, kind, code) DO UPDATE SET
        geom = EXCLUDED.geom,
        elevation_m = EXCLUDED.elevation_m,
        version = gis_node.version + {more},
        imported_version = gis_node.imported_version + {more}
    WHERE NOT ST_DWithin(gis_node.geom, EXCLUDED.geom, 1e-8)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
