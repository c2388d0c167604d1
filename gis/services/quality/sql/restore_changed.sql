-- Bring a row back to what its history last held at a version.
UPDATE {held} SET version = version + 1, ({columns}) = (
    SELECT {columns} FROM {events} WHERE pgh_obj_id = %(id)s AND version = %(version)s ORDER BY pgh_id DESC LIMIT 1
)
WHERE id = %(id)s
