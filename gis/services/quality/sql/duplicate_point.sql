-- Connection points whose codes differ only in how they are written: case, separators, leading zeros. Within 20 m they
-- are taken for one, and may be merged.
WITH spelt AS (
    SELECT
        point.id,
        regexp_replace(
            regexp_replace(
                regexp_replace(upper(point.code), '[^[:alnum:]]+', '-', 'g'), '([[:alpha:]])-(?=[[:digit:]])', '\1', 'g'
            ),
            '(?<![[:digit:]])0+(?=[[:digit:]])', '', 'g'
        ) AS code
    FROM gis_connectionpoint AS point
    WHERE point.network_id = %(network)s
), repeated AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM spelt GROUP BY code HAVING count(*) > 1
)
SELECT
    'connection_point:' || point.id AS key,
    'connection_point' AS subject_table, point.id AS subject_id,
    'connection_point' AS subject_kind, point.code AS subject_code,
    point.geom,
    CASE WHEN ST_DistanceSphere(point.geom, kept.geom) <= 20 THEN 'merge_point' ELSE '' END AS repair,
    jsonb_build_object(
        'other_table', 'connection_point', 'other_id', kept.id, 'other_kind', 'connection_point', 'other', kept.code,
        'distance_m', round(ST_DistanceSphere(point.geom, kept.geom)::numeric, 2)
    ) AS details
FROM repeated
CROSS JOIN LATERAL unnest(repeated.ids[2:]) AS other_id
JOIN gis_connectionpoint AS kept ON kept.id = repeated.ids[1]
JOIN gis_connectionpoint AS point ON point.id = other_id
