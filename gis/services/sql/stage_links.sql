CREATE TEMPORARY TABLE staged_link (
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
    synthetic boolean,
    digest text
) ON COMMIT DROP
