CREATE TEMPORARY TABLE staged_point (
    code text,
    node_kind text,
    node_code text,
    link_kind text,
    link_code text,
    geom geometry,
    category text,
    critical_kind text,
    address text,
    attributes jsonb,
    synthetic boolean,
    digest text
) ON COMMIT DROP
