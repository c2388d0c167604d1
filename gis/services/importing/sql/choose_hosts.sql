-- For each waiting device the pipe under it, how many are as near (to the centimetre), and whether it lies at a node.
CREATE TEMPORARY TABLE chosen_host ON COMMIT DROP AS
WITH foot AS (
    SELECT
        near.row_number,
        host.*,
        ST_Distance(host.plane, ST_Transform(waiting.geom, 3857)) * host.scale AS distance_m,
        ST_LineLocatePoint(host.plane, ST_Transform(waiting.geom, 3857)) * host.drawn_m AS place_m
    FROM near_host AS near
    JOIN waiting_device AS waiting ON waiting.row_number = near.row_number
    JOIN host ON host.host_id = near.host_id
), ended AS (
    SELECT
        foot.*,
        CASE
            WHEN place_m <= %(at_node_m)s THEN 'start'
            WHEN drawn_m - place_m <= %(at_node_m)s THEN 'end'
            ELSE ''
        END AS at_end,
        min(distance_m) OVER (PARTITION BY row_number) AS nearest_m
    FROM foot
), equal AS (
    SELECT
        row_number,
        host_id,
        code,
        place_m,
        at_end,
        CASE at_end WHEN 'start' THEN first_node_id WHEN 'end' THEN last_node_id END AS node_id
    FROM ended
    WHERE distance_m <= nearest_m + %(equally_m)s
)
SELECT DISTINCT ON (row_number)
    row_number,
    host_id,
    code,
    place_m,
    at_end,
    node_id,
    count(*) OVER rows AS many,
    bool_and(at_end <> '') OVER rows
        AND min(node_id) OVER rows = max(node_id) OVER rows AS at_one_node,
    string_agg(code, ', ') OVER rows AS codes
FROM equal
WINDOW rows AS (PARTITION BY row_number)
ORDER BY row_number, code, host_id
