-- What is known now of the points at hand.
CREATE TEMPORARY TABLE held_membership ON COMMIT DROP AS
SELECT held.id, held.connection_point_id AS point_id, held.zone_kind AS kind, held.zone_id, held.valid
FROM gis_zonemembership AS held
JOIN {points} AS point ON point.id = held.connection_point_id
WHERE %(kind)s::text IS NULL OR held.zone_kind = %(kind)s
