-- Take the rows that meet the condition out of a stage: how many, and the first of them.
WITH refused AS (
    DELETE FROM {table} AS staged
    WHERE {condition}
    RETURNING staged.row_number, {kind} AS kind, staged.code, {detail} AS detail
), told AS (
    SELECT DISTINCT row_number, kind, code, detail FROM refused
)
SELECT count(*) OVER (), row_number, kind, code, detail
FROM told
ORDER BY row_number
LIMIT 1000
