-- Points that join neither a node nor a link: how many, and the first of them.
SELECT count(*) OVER (), row_number, 'connection point', code, %(detail)s
FROM resolved_point
WHERE node_id IS NULL
ORDER BY row_number
LIMIT 1000
