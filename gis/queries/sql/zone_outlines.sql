-- The zones in force at an instant, where they lay then: a former outline where one was in force.
SELECT json_build_object(
    'type', 'FeatureCollection',
    'features', coalesce(json_agg(json_build_object(
        'type', 'Feature',
        'id', found.id,
        'properties', json_build_object(
            'code', found.code, 'kind', found.kind, 'utility', found.utility,
            'name_fr', found.name_fr, 'name_ar', found.name_ar, 'role', 'zone'
        ),
        'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(found.geom, %(tolerance)s), 5)::json
    )), '[]'::json)
)::text
FROM (
    SELECT zone.id, zone.code, zone.kind, zone.utility, zone.name_fr, zone.name_ar, coalesce(former.geom, zone.geom) AS geom
    FROM gis_zone AS zone
    LEFT JOIN gis_formeroutline AS former ON former.zone_id = zone.id AND former.valid @> %(at)s::timestamptz
    WHERE zone.valid @> %(at)s::timestamptz
        AND (%(kind)s = '' OR zone.kind = %(kind)s)
        AND (%(utility)s = '' OR zone.utility = %(utility)s)
    ORDER BY ST_Area(zone.geom) DESC
    LIMIT %(most)s
) AS found
