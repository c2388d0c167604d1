-- Names and addresses that hold all the words.
(
    SELECT 1 AS rank, 'link' AS place, id, NULL AS reference FROM gis_link
    WHERE attributes ? 'name' AND gis_words(attributes ->> 'name') @@ %(question)s::tsquery AND {within}
    LIMIT %(limit)s
) UNION ALL (
    SELECT 1, 'node', id, NULL FROM gis_node
    WHERE attributes ? 'name' AND gis_words(attributes ->> 'name') @@ %(question)s::tsquery AND {within}
    LIMIT %(limit)s
) UNION ALL (
    SELECT 1, 'connection_point', id, NULL FROM gis_connectionpoint
    WHERE gis_words(address) @@ %(question)s::tsquery AND {within}
    LIMIT %(limit)s
)
