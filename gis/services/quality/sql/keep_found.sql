-- Keep what was found: new findings, and new figures of those that stand. Returns how many there are and how many new.
WITH written AS (
    INSERT INTO gis_qualityfinding AS held (
        check_code, key, network_id, state, subject_table, subject_id, subject_kind, subject_code,
        geom, details, repair, found_at, version
    )
    SELECT
        %(check)s, key, %(network)s, 'open', subject_table, subject_id, subject_kind, subject_code,
        geom, details, repair, %(at)s, 1
    FROM found
    ON CONFLICT (check_code, key) WHERE state IN ('open', 'ignored') DO UPDATE SET
        geom = EXCLUDED.geom,
        details = EXCLUDED.details,
        repair = EXCLUDED.repair,
        subject_code = EXCLUDED.subject_code
    WHERE (held.geom, held.details, held.repair, held.subject_code)
        IS DISTINCT FROM (EXCLUDED.geom, EXCLUDED.details, EXCLUDED.repair, EXCLUDED.subject_code)
    RETURNING xmax = 0 AS is_new
)
SELECT (SELECT count(*) FROM found), count(*) FILTER (WHERE is_new) FROM written
