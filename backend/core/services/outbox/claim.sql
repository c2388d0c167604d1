-- Due deliveries, oldest first. The partial index core_delivery_due holds only the pending ones.
-- A row under work is locked by its worker and stepped over. A row whose worker died comes back at once: the server ends the
-- connection that claimed it. When the machine died with its worker, it comes back when the claim ends.
UPDATE core_outboxdelivery
SET claimed_until = %(until)s, claimed_by = pg_backend_pid(), attempts = attempts + 1
WHERE id IN (
    SELECT id
    FROM core_outboxdelivery
    WHERE state = 'pending'
      AND not_before <= %(now)s
      AND (
          claimed_until IS NULL
          OR claimed_until <= %(now)s
          OR claimed_by NOT IN (SELECT pid FROM pg_stat_activity)
      )
    ORDER BY not_before, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
RETURNING id, event_id
