-- Of the zones that an import changed and had not made itself, those that were changed again or removed since.
SELECT count(*)
FROM (
    SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, version
    FROM gis_zoneevent
    WHERE pgh_context ? 'import_id' AND pgh_context ->> 'import_id' = %(import_id)s AND pgh_label = 'update'
    ORDER BY pgh_obj_id, pgh_id
) AS was
LEFT JOIN gis_zone AS held ON held.id = was.pgh_obj_id
WHERE held.id IS NULL
    OR held.version <> was.version + 1 AND held.created_in_id IS DISTINCT FROM %(import_id)s::bigint
