-- End the findings of a check that it no longer finds, within the box looked at, and keep who saw that: the platform.
WITH gone AS (
    SELECT held.id, held.state
    FROM gis_qualityfinding AS held
    WHERE held.check_code = %(check)s
        AND held.network_id IS NOT DISTINCT FROM %(network)s
        AND held.state IN ('open', 'ignored')
        AND (%(within)s::geometry IS NULL OR held.geom && %(within)s::geometry)
        AND NOT EXISTS (SELECT FROM found WHERE found.key = held.key)
), closed AS (
    UPDATE gis_qualityfinding AS held
    SET state = 'gone', version = held.version + 1
    FROM gone
    WHERE held.id = gone.id
    RETURNING held.id, gone.state AS from_state, held.version
), told AS (
    INSERT INTO gis_findingtransition (
        subject_id, from_state, to_state, actor_id, reason, occurred_at, recorded_at, version
    )
    SELECT id, from_state, 'gone', NULL, '', %(at)s, %(at)s, version FROM closed
)
SELECT count(*) FROM closed
