-- Put a removed row back as the event of its removal holds it, under its own id.
INSERT INTO {held} (id, {columns})
SELECT pgh_obj_id, {columns}
FROM {events}
WHERE pgh_id = %(event)s
