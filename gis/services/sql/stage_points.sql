CREATE TEMPORARY TABLE staged_point (
    row_number bigint,
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
    synthetic boolean DEFAULT false,
    old_references text[],
    digest text GENERATED ALWAYS AS (
        md5(
            coalesce(node_kind, '') || ' ' || coalesce(node_code, '') || ' '
            || coalesce(link_kind, '') || ' ' || coalesce(link_code, '') || ' '
            || geom::text || category || ' ' || critical_kind || ' ' || address || ' '
            || attributes::text || synthetic::text
        )
    ) STORED
) ON COMMIT DROP
