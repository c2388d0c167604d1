CREATE TEMPORARY TABLE staged_node (
    code text,
    kind text,
    geom geometry,
    elevation_m float8,
    is_source boolean,
    attributes jsonb,
    synthetic boolean,
    digest text
) ON COMMIT DROP
