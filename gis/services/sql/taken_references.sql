-- Old references that another connection point of the network or the file has: how many, and the first of them.
SELECT count(*) OVER (), row_number, 'connection point', code, reference || ' > ' || coalesce(holder, first_code)
FROM staged_reference
WHERE coalesce(holder, first_code) <> code
ORDER BY row_number
LIMIT 1000
