-- Zones of one kind that share ground, now or later, by more than the width of a drawing error (10 cm on average).
SELECT
    'zone:' || larger.id || ':' || smaller.id AS key,
    'zone' AS subject_table, larger.id AS subject_id, 'zone' AS subject_kind, larger.code AS subject_code,
    ST_PointOnSurface(shared.geom) AS geom,
    'cut_overlap' AS repair,
    jsonb_build_object(
        'other_table', 'zone', 'other_id', smaller.id, 'other', smaller.code,
        'area_m2', round(ST_Area(shared.geom::geography)::numeric, 0)
    ) AS details
FROM gis_zone AS larger
JOIN gis_zone AS smaller
    ON smaller.kind = larger.kind
    AND smaller.geom && larger.geom
    AND (ST_Area(smaller.geom), -smaller.id) < (ST_Area(larger.geom), -larger.id)
    AND larger.valid && smaller.valid
    AND larger.valid && tstzrange(%(at)s::timestamptz, NULL)
    AND smaller.valid && tstzrange(%(at)s::timestamptz, NULL)
    AND (larger.utility IS NULL OR smaller.utility IS NULL OR larger.utility = smaller.utility)
    AND smaller.parent_id IS DISTINCT FROM larger.id
CROSS JOIN LATERAL (
    SELECT ST_CollectionExtract(ST_Intersection(larger.geom, smaller.geom), 3) AS geom
) AS shared
WHERE ST_Relate(larger.geom, smaller.geom, 'T********')
    AND (%(area)s::geometry IS NULL OR larger.geom && %(area)s::geometry)
    AND 2 * ST_Area(shared.geom::geography) / nullif(ST_Perimeter(shared.geom::geography), 0) > 0.1
