-- How many connection points hang on each of some segments, given as pairs of segment and element.
SELECT segment, count(*)
FROM (
    SELECT pair.segment
    FROM unnest(%(link_segments)s::int[], %(links)s::bigint[]) AS pair (segment, link_id)
    JOIN gis_connectionpoint AS point ON point.link_id = pair.link_id
    UNION ALL
    SELECT pair.segment
    FROM unnest(%(node_segments)s::int[], %(nodes)s::bigint[]) AS pair (segment, node_id)
    JOIN gis_connectionpoint AS point ON point.node_id = pair.node_id AND point.link_id IS NULL
) AS found
GROUP BY segment
