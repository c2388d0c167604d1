-- Pipes and lines drawn twice: same ends, same drawing within 10 cm, same diameter and length. Devices may stand side by
-- side between the same two nodes, as pumps do.
WITH repeated AS (
    SELECT array_agg(link.id ORDER BY link.id) AS ids
    FROM gis_link AS link
    WHERE link.network_id = %(network)s
        AND link.kind IN ('pipe', 'line')
        AND (%(area)s::geometry IS NULL OR link.geom && %(area)s::geometry)
    GROUP BY
        link.kind, least(link.start_node_id, link.end_node_id), greatest(link.start_node_id, link.end_node_id)
    HAVING count(*) > 1
)
SELECT DISTINCT ON (link.id)
    'link:' || link.id || ':' || kept.id AS key,
    'link' AS subject_table, link.id AS subject_id, link.kind AS subject_kind, link.code AS subject_code,
    ST_LineInterpolatePoint(link.geom, 0.5) AS geom,
    'remove_link' AS repair,
    jsonb_build_object('other_table', 'link', 'other_id', kept.id, 'other_kind', kept.kind, 'other', kept.code)
        AS details
FROM repeated
CROSS JOIN LATERAL unnest(repeated.ids) AS kept_id
CROSS JOIN LATERAL unnest(repeated.ids) AS link_id
JOIN gis_link AS kept ON kept.id = kept_id
JOIN gis_link AS link ON link.id = link_id
WHERE kept.id < link.id
    AND link.diameter_mm IS NOT DISTINCT FROM kept.diameter_mm
    AND abs(link.length_m - kept.length_m) <= 0.1 + 0.01 * kept.length_m
    AND ST_HausdorffDistance(kept.geom_3857, link.geom_3857) * cos(radians(ST_Y(ST_StartPoint(link.geom)))) <= 0.1
ORDER BY link.id, kept.id
