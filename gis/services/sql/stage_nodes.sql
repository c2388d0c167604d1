CREATE TEMPORARY TABLE staged_node (
    row_number bigint,
    code text,
    kind text,
    geom geometry,
    elevation_m float8,
    is_source boolean,
    attributes jsonb,
    synthetic boolean DEFAULT false,
    digest text GENERATED ALWAYS AS (
        md5(
            geom::text || coalesce(elevation_m::text, '') || is_source::text || attributes::text || synthetic::text
        )
    ) STORED
) ON COMMIT DROP
