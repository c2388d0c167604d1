-- Both reads go through an index: the partial one on the rows without a number, and the end of the unique one on seq.
-- No SKIP LOCKED here: a row is visible, hence committed, before it is numbered.
WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM core_outboxevent
    WHERE seq IS NULL
), top AS (
    SELECT coalesce((SELECT max(seq) FROM core_outboxevent), 0) AS seq
)
UPDATE core_outboxevent AS event
SET seq = top.seq + waiting.place
FROM waiting, top
WHERE event.id = waiting.id
