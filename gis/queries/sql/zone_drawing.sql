-- One zone to the last vertex, where it lay before, and the zones of its kind in force around it.
WITH chosen AS (
    SELECT * FROM gis_zone WHERE code = %(code)s
), found AS (
    SELECT id, code, name_fr, name_ar, kind, utility, 'zone' AS role, NULL::bigint AS outline, geom FROM chosen
    UNION ALL
    SELECT former.id, chosen.code, chosen.name_fr, chosen.name_ar, chosen.kind, chosen.utility, 'former', former.id,
        ST_SimplifyPreserveTopology(former.geom, %(tolerance)s)
    FROM chosen JOIN gis_formeroutline AS former ON former.zone_id = chosen.id
    UNION ALL
    (
        SELECT near.id, near.code, near.name_fr, near.name_ar, near.kind, near.utility, 'neighbour', NULL,
            ST_SimplifyPreserveTopology(near.geom, %(tolerance)s)
        FROM chosen
        JOIN gis_zone AS near
            ON near.kind = chosen.kind AND near.id <> chosen.id AND near.valid @> now()
            AND near.geom && ST_Expand(chosen.geom, 0.02)
        LIMIT %(most)s
    )
)
SELECT json_build_object(
    'type', 'FeatureCollection',
    'features', coalesce(json_agg(json_build_object(
        'type', 'Feature',
        'id', found.id,
        'properties', json_build_object(
            'code', found.code, 'kind', found.kind, 'utility', found.utility, 'outline', found.outline,
            'name_fr', found.name_fr, 'name_ar', found.name_ar, 'role', found.role
        ),
        'geometry', ST_AsGeoJSON(found.geom, 8)::json
    )), '[]'::json)
)::text
FROM found
