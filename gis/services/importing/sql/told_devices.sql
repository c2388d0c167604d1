-- What became of the pipes under new devices: how many were divided, or met at a node, and the first of each.
WITH told AS (
    SELECT
        CASE placed.at_end WHEN '' THEN 'link_divided' ELSE 'put_at_node' END AS reason,
        placed.row_number,
        placed.kind,
        placed.code,
        CASE placed.at_end
            WHEN '' THEN placed.host_code || ', ' || placed.part_code
            ELSE placed.host_code || ', ' || node.code
        END AS detail
    FROM placed_device AS placed
    JOIN host ON host.host_id = placed.host_id
    JOIN gis_node AS node
        ON node.id = CASE placed.at_end WHEN 'end' THEN host.last_node_id ELSE host.first_node_id END
    WHERE placed.device_id IS NULL
), numbered AS (
    SELECT
        told.*,
        count(*) OVER (PARTITION BY reason) AS times,
        row_number() OVER (PARTITION BY reason ORDER BY told.row_number) AS place
    FROM told
)
SELECT reason, times, row_number, kind, code, detail FROM numbered WHERE place <= 1000 ORDER BY reason, place
