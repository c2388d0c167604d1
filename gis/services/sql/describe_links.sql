-- What is ready, by kind, and the metres of pipes and lines.
SELECT {kind}, count(*), sum(length_m) FILTER (WHERE kind IN ('pipe', 'line'))
FROM {ready} AS staged
GROUP BY 1
ORDER BY 1
