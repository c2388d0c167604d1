-- Take out the devices that have no pipe under them, or several as near, or another than when they came: how many by
-- reason, and the first of each.
WITH wrong AS (
    SELECT row_number, 'nothing_within_tolerance' AS reason, concat_ws(' ', host_code, %(tolerance)s) AS detail
    FROM waiting_device
    WHERE row_number NOT IN (SELECT row_number FROM chosen_host)
    UNION ALL
    SELECT row_number, 'several_within_tolerance', codes
    FROM chosen_host
    WHERE many > 2 OR many = 2 AND NOT coalesce(at_one_node, false)
    UNION ALL
    SELECT chosen.row_number, 'on_another_link', held.code || ' > ' || chosen.code
    FROM chosen_host AS chosen
    JOIN waiting_device AS waiting ON waiting.row_number = chosen.row_number
    JOIN gis_link AS held ON held.id = waiting.held_host_id
    WHERE waiting.held_host_id <> chosen.host_id AND chosen.many = 1
), refused AS (
    DELETE FROM staged_device AS staged
    USING wrong
    WHERE wrong.row_number = staged.row_number
    RETURNING wrong.reason, staged.row_number, staged.kind, staged.code, wrong.detail
), numbered AS (
    SELECT
        refused.*,
        count(*) OVER (PARTITION BY reason) AS times,
        row_number() OVER (PARTITION BY reason ORDER BY refused.row_number) AS place
    FROM refused
)
SELECT reason, times, row_number, kind, code, detail FROM numbered WHERE place <= 1000 ORDER BY reason, place
