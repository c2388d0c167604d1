-- Draws the links that end at a node, and are drawn up to it, to where the node goes. A length that was the
-- drawing's own is measured again; one that was surveyed stays.
WITH place AS (
    SELECT geom AS was, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS now
    FROM gis_node WHERE id = %(node)s
), dragged AS (
    SELECT
        link.id,
        link.length_m,
        ST_Length(link.geom::geography) AS drawn_m,
        CASE
            WHEN link.start_node_id = %(node)s THEN ST_SetPoint(link.geom, 0, place.now)
            ELSE ST_SetPoint(link.geom, -1, place.now)
        END AS geom
    FROM gis_link AS link
    CROSS JOIN place
    WHERE %(node)s IN (link.start_node_id, link.end_node_id)
        AND link.id <> %(but)s
        AND ST_DWithin(
            CASE WHEN link.start_node_id = %(node)s THEN ST_StartPoint(link.geom) ELSE ST_EndPoint(link.geom) END::geography,
            place.was::geography,
            %(snap_m)s
        )
)
UPDATE gis_link SET
    geom = dragged.geom,
    length_m = CASE
        WHEN abs(dragged.length_m - dragged.drawn_m) <= %(within)s * dragged.drawn_m THEN ST_Length(dragged.geom::geography)
        ELSE dragged.length_m
    END,
    version = gis_link.version + 1
FROM dragged
WHERE dragged.id = gis_link.id
