-- For each word asked, the known words spelt most like it: those nearly as near as the nearest.
SELECT asked.word, array_agg(near.word ORDER BY near.likeness DESC)
FROM unnest(%(words)s::text[]) AS asked (word)
CROSS JOIN LATERAL (
    SELECT word, similarity(word, asked.word) AS likeness, max(similarity(word, asked.word)) OVER () AS best
    FROM gis_searchword
    WHERE word %% asked.word
    ORDER BY likeness DESC, uses DESC
    LIMIT 5
) AS near
WHERE near.likeness >= 0.7 * near.best AND (near.best < 1 OR near.likeness = 1)
GROUP BY asked.word
