-- Where each zone lay and when: its present outline since it was last redrawn, and the former ones; cut into small
-- pieces, since a point is found in a small piece faster. `area` is the whole outline's, in square degrees.
CREATE TEMPORARY TABLE zone_piece ON COMMIT DROP AS
WITH drawn AS (
    SELECT
        zone.id, zone.kind, zone.utility, zone.geom,
        zone.valid * tstzrange((SELECT max(upper(former.valid)) FROM gis_formeroutline AS former
                                WHERE former.zone_id = zone.id), NULL) AS valid
    FROM gis_zone AS zone
    UNION ALL
    SELECT zone.id, zone.kind, zone.utility, former.geom, zone.valid * former.valid
    FROM gis_formeroutline AS former
    JOIN gis_zone AS zone ON zone.id = former.zone_id
)
SELECT
    drawn.id AS zone_id, drawn.kind, drawn.utility, drawn.valid,
    ST_Area(drawn.geom) AS area,
    ST_Subdivide(drawn.geom, 96) AS geom
FROM drawn
WHERE NOT isempty(drawn.valid)
    AND (%(kind)s::text IS NULL OR drawn.kind = %(kind)s)
    AND (%(area)s::geometry IS NULL OR drawn.geom && %(area)s::geometry)
