-- Numbers have no spelling to get wrong, and two letters too little of one.
WITH told AS (
    SELECT unnest(tsvector_to_array(gis_words(address))) AS word FROM gis_connectionpoint WHERE address <> ''
    UNION ALL
    SELECT unnest(tsvector_to_array(gis_words(attributes ->> 'name'))) FROM gis_node WHERE attributes ? 'name'
    UNION ALL
    SELECT unnest(tsvector_to_array(gis_words(attributes ->> 'name'))) FROM gis_link WHERE attributes ? 'name'
    UNION ALL
    SELECT unnest(tsvector_to_array(gis_words(name_fr || ' ' || name_ar))) FROM gis_zone
), counted AS (
    SELECT word, count(*) AS uses FROM told
    WHERE length(word) BETWEEN 3 AND 40 AND word !~ '^[0-9]'
    GROUP BY word
), gone AS (
    DELETE FROM gis_searchword AS held WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = held.word)
)
INSERT INTO gis_searchword AS held (word, uses) SELECT word, uses FROM counted
ON CONFLICT (word) DO UPDATE SET uses = EXCLUDED.uses WHERE held.uses <> EXCLUDED.uses
