-- Take out the devices where another one is, and those whose nodes or part would have a code that is taken.
WITH wrong AS (
    SELECT new.row_number, 'same_place' AS reason, min(new.host_code || ', ' || other.code) AS detail
    FROM placed_device AS new
    JOIN placed_device AS other
        ON other.host_id = new.host_id
        AND (other.row_number IS NULL OR other.row_number < new.row_number)
        AND (other.at_end = new.at_end OR other.at_end = '' OR new.at_end = '')
        AND abs(other.place_m - new.place_m) < %(apart_m)s
    WHERE new.row_number IS NOT NULL
    GROUP BY new.row_number
    UNION ALL
    SELECT new.row_number, 'duplicate_code', new.part_code
    FROM placed_device AS new
    WHERE new.row_number IS NOT NULL
        AND new.device_id IS NULL
        AND (
            EXISTS (
                SELECT
                FROM gis_node
                WHERE network_id = %(network)s AND kind = %(node_kind)s AND code IN (new.before_code, new.after_code)
            )
            OR EXISTS (
                SELECT
                FROM gis_link
                WHERE network_id = %(network)s AND kind = new.host_kind AND code = new.part_code
            )
            OR EXISTS (
                SELECT
                FROM placed_device AS other
                WHERE other.code = new.code AND other.row_number < new.row_number
            )
        )
), first AS (
    SELECT DISTINCT ON (row_number) * FROM wrong ORDER BY row_number, reason
), refused AS (
    DELETE FROM staged_device AS staged
    USING first
    WHERE first.row_number = staged.row_number
    RETURNING first.reason, staged.row_number, staged.kind, staged.code, first.detail
), numbered AS (
    SELECT
        refused.*,
        count(*) OVER (PARTITION BY reason) AS times,
        row_number() OVER (PARTITION BY reason ORDER BY refused.row_number) AS place
    FROM refused
)
SELECT reason, times, row_number, kind, code, detail FROM numbered WHERE place <= 1000 ORDER BY reason, place
