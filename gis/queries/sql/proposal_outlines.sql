-- The outlines of some proposals.
SELECT json_build_object(
    'type', 'FeatureCollection',
    'features', coalesce(json_agg(json_build_object(
        'type', 'Feature',
        'id', proposal.id,
        'properties', json_build_object(
            'code', proposal.code, 'kind', proposal.kind, 'utility', network.utility,
            'name_fr', proposal.name_fr, 'name_ar', proposal.name_ar, 'role', 'proposal'
        ),
        'geometry', ST_AsGeoJSON(proposal.geom, 6)::json
    )), '[]'::json)
)::text
FROM gis_zoneproposal AS proposal
JOIN gis_network AS network ON network.id = proposal.network_id
WHERE proposal.id = ANY (%(ids)s)
