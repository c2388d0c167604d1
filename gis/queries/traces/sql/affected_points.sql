-- Connection points that hang on some links, or on some nodes without a link; critical customers first.
WITH hanging AS (
    SELECT id, code, geom, category, critical_kind, address
    FROM gis_connectionpoint
    WHERE link_id = ANY(%(links)s)
    UNION ALL
    SELECT id, code, geom, category, critical_kind, address
    FROM gis_connectionpoint
    WHERE node_id = ANY(%(nodes)s) AND link_id IS NULL
)
SELECT
    id, code, ST_X(geom), ST_Y(geom), category, critical_kind, address,
    %(everywhere)s OR coalesce(ST_Intersects(geom, %(area)s::geometry), false)
FROM hanging
ORDER BY
    CASE WHEN critical_kind = '' THEN 1000 ELSE coalesce(array_position(%(first)s::text[], critical_kind::text), 999) END,
    code
