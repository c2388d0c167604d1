-- Zones in force by the beginning of their code, or by all the words of their names.
SELECT min(rank) AS rank, 'zone' AS place, id, NULL AS reference
FROM (
    SELECT 0 AS rank, id FROM gis_zone WHERE gis_key(code) LIKE %(beginning)s AND valid @> now()
    UNION ALL
    SELECT 1, id FROM gis_zone
    WHERE gis_words(code || ' ' || name_fr || ' ' || name_ar) @@ %(question)s::tsquery AND valid @> now()
) AS found
GROUP BY id
ORDER BY rank, id
LIMIT %(limit)s
