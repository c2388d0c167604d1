-- Bring a removed row back as its history last held it.
INSERT INTO {held} (id, version, {columns})
SELECT pgh_obj_id, version + 1, {columns}
FROM {events}
WHERE pgh_obj_id = %(id)s AND version = %(version)s
ORDER BY pgh_id DESC
LIMIT 1
