-- One row per meshed part of a network that should be radial, told at a switch that could open it where there is one.
WITH mesh AS (
    SELECT
        mesh_link.mesh, min(mesh_link.loops) AS loops, count(*) AS links, min(link.id) AS first_id,
        array_agg(link.code ORDER BY link.code) FILTER (WHERE link.kind = 'switch' AND link.operable) AS switches,
        coalesce(min(link.id) FILTER (WHERE link.kind = 'switch' AND link.operable), min(link.id)) AS told_id
    FROM mesh_link
    JOIN gis_link AS link ON link.id = mesh_link.link_id
    GROUP BY mesh_link.mesh
)
SELECT
    'loop:' || mesh.first_id AS key,
    'link' AS subject_table, link.id AS subject_id, link.kind AS subject_kind, link.code AS subject_code,
    ST_LineInterpolatePoint(link.geom, 0.5) AS geom,
    CASE WHEN mesh.switches IS NULL THEN '' ELSE 'open_switch' END AS repair,
    jsonb_build_object(
        'loops', mesh.loops, 'links', mesh.links,
        'choices', coalesce(to_jsonb(mesh.switches[1:20]), '[]'::jsonb)
    ) AS details
FROM mesh
JOIN gis_link AS link ON link.id = mesh.told_id
