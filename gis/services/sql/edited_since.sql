-- Of the rows that an import made or changed, those that people changed since, that a later import changed and that
-- was not undone, or that are gone.
WITH touched AS (
    SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id AS id, pgh_id AS since
    FROM {events}
    WHERE pgh_context ? 'import_id' AND pgh_context ->> 'import_id' = %(import_id)s AND pgh_label = 'update'
    ORDER BY pgh_obj_id, pgh_id
), mine AS (
    SELECT id, 0 AS since FROM {table} WHERE created_in_id = %(import_id)s::bigint AND version <> 1
    UNION ALL
    SELECT touched.id, touched.since
    FROM touched
    LEFT JOIN {table} AS held ON held.id = touched.id
    WHERE held.created_in_id IS DISTINCT FROM %(import_id)s::bigint
)
SELECT count(*)
FROM mine
LEFT JOIN {table} AS held ON held.id = mine.id
WHERE held.id IS NULL
    OR held.version <> held.imported_version
    OR EXISTS (
        SELECT
        FROM {events} AS later
        JOIN gis_importrecord AS record ON record.id = (later.pgh_context ->> 'import_id')::bigint
        WHERE later.pgh_obj_id = mine.id
            AND later.pgh_id > mine.since
            AND later.pgh_context ? 'import_id'
            AND record.id <> %(import_id)s::bigint
            AND record.undone_at IS NULL
    )
