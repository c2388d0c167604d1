CREATE TEMPORARY TABLE staged_link (
    row_number bigint,
    code text,
    kind text,
    start_kind text,
    start_code text,
    end_kind text,
    end_code text,
    geom geometry,
    length_m float8,
    diameter_mm float8,
    state text,
    operable boolean,
    attributes jsonb,
    synthetic boolean DEFAULT false,
    digest text GENERATED ALWAYS AS (
        md5(
            coalesce(start_kind, '') || ' ' || coalesce(start_code, '') || ' '
            || coalesce(end_kind, '') || ' ' || coalesce(end_code, '') || ' '
            || geom::text || coalesce(length_m::text, '') || ' ' || coalesce(diameter_mm::text, '') || ' '
            || state || operable::text || attributes::text || synthetic::text
        )
    ) STORED
) ON COMMIT DROP
