-- Keep what is already known as wanted; the rest goes first, then comes what is new, so that no two ever overlap.
CREATE TEMPORARY TABLE membership_change ON COMMIT DROP AS
SELECT held.id, held.zone_id, held.valid AS was, wanted.valid AS becomes
FROM held_membership AS held
LEFT JOIN wanted_membership AS wanted
    ON wanted.point_id = held.point_id AND wanted.kind = held.kind AND wanted.zone_id = held.zone_id
    AND wanted.valid <@ held.valid AND lower(wanted.valid) IS NOT DISTINCT FROM lower(held.valid)
WHERE wanted.valid IS DISTINCT FROM held.valid;

DELETE FROM gis_zonemembership AS held
USING membership_change AS change
WHERE held.id = change.id AND change.becomes IS NULL;

UPDATE gis_zonemembership AS held
SET valid = change.becomes
FROM membership_change AS change
WHERE held.id = change.id AND change.becomes IS NOT NULL;

WITH begun AS (
    INSERT INTO gis_zonemembership (connection_point_id, zone_id, zone_kind, valid)
    SELECT wanted.point_id, wanted.zone_id, wanted.kind, wanted.valid
    FROM wanted_membership AS wanted
    LEFT JOIN held_membership AS held
        ON held.point_id = wanted.point_id AND held.kind = wanted.kind AND held.zone_id = wanted.zone_id
        AND wanted.valid <@ held.valid AND lower(wanted.valid) IS NOT DISTINCT FROM lower(held.valid)
    WHERE held.id IS NULL
    ORDER BY wanted.point_id
    RETURNING zone_id, valid
), changed AS (
    SELECT zone_id, lower(valid) AS since, 1 AS begun, 0 AS ended FROM begun
    UNION ALL
    SELECT zone_id, CASE WHEN becomes IS NULL THEN lower(was) ELSE upper(becomes) END, 0, 1
    FROM membership_change
)
SELECT
    zone_id,
    CASE WHEN bool_or(since IS NULL) THEN NULL ELSE min(since) END AS since,
    sum(begun) AS begun,
    sum(ended) AS ended
FROM changed
GROUP BY zone_id
ORDER BY zone_id
