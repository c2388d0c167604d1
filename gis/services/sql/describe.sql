-- What is ready, by kind.
SELECT {kind}, count(*), 0
FROM {ready} AS staged
GROUP BY 1
ORDER BY 1
