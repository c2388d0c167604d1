-- Bring the rows that an import changed back to what they were before; they count as edited no more than before.
UPDATE {table} AS held
SET version = held.version + 1, imported_version = held.version + 1, {given}
FROM (
    SELECT DISTINCT ON (pgh_obj_id) *
    FROM {events}
    WHERE pgh_context ? 'import_id' AND pgh_context ->> 'import_id' = %(import_id)s AND pgh_label = 'update'
    ORDER BY pgh_obj_id, pgh_id
) AS was
WHERE held.id = was.pgh_obj_id AND held.created_in_id IS DISTINCT FROM %(import_id)s::bigint
