-- Due deliveries, oldest first. The partial index core_delivery_due holds only the pending ones.
-- A row under work is locked by its worker and stepped over; a row whose worker died comes back when its claim ends.
UPDATE core_outboxdelivery
SET claimed_until = %(until)s, attempts = attempts + 1
WHERE id IN (
    SELECT id
    FROM core_outboxdelivery
    WHERE state = 'pending'
      AND not_before <= %(now)s
      AND (claimed_until IS NULL OR claimed_until <= %(now)s)
    ORDER BY not_before, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING id, event_id
