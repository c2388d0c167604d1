-- What the pipes become: devices, and the parts between them. The first part keeps the name of the pipe.
CREATE TEMPORARY TABLE piece ON COMMIT DROP AS
WITH device AS (
    SELECT
        cut.*,
        coalesce(before.id, host.first_node_id) AS first_node_id,
        coalesce(after.id, host.last_node_id) AS last_node_id,
        host.last_node_id AS whole_last_node_id,
        host.first_node_id AS whole_first_node_id
    FROM cut
    JOIN host ON host.host_id = cut.host_id
    LEFT JOIN gis_node AS before
        ON before.network_id = %(network)s AND before.kind = %(node_kind)s AND before.code = cut.before_code
        AND cut.at_end <> 'start'
    LEFT JOIN gis_node AS after
        ON after.network_id = %(network)s AND after.kind = %(node_kind)s AND after.code = cut.after_code
        AND cut.at_end <> 'end'
), part AS (
    SELECT
        host_id, host_code AS code, 0::float8 AS from_share, from_share AS to_share,
        whole_first_node_id AS first_node_id, first_node_id AS last_node_id
    FROM device
    WHERE place = 1 AND at_end <> 'start'
    UNION ALL
    SELECT
        host_id,
        CASE WHEN place = 1 AND at_end = 'start' THEN host_code ELSE part_code END,
        to_share,
        coalesce(next_share, 1),
        last_node_id,
        coalesce(next_node_id, whole_last_node_id)
    FROM (
        SELECT device.*, lead(from_share) OVER one AS next_share, lead(first_node_id) OVER one AS next_node_id
        FROM device
        WINDOW one AS (PARTITION BY host_id ORDER BY place)
    ) AS followed
    WHERE at_end <> 'end'
), every AS (
    SELECT
        part.host_id, true AS is_part, host.kind, part.code, part.from_share, part.to_share,
        part.first_node_id, part.last_node_id, false AS reversed, NULL::bigint AS row_number
    FROM part
    JOIN host ON host.host_id = part.host_id
    UNION ALL
    SELECT
        host_id, false, kind, code, from_share, to_share, first_node_id, last_node_id, reversed, row_number
    FROM device
), line AS (
    SELECT
        every.*,
        host.length_m * (every.to_share - every.from_share) AS length_m,
        ST_SetPoint(
            ST_SetPoint(
                cut.line, 0, CASE WHEN every.from_share > 0 THEN first.geom ELSE ST_StartPoint(host.geom) END
            ),
            -1, CASE WHEN every.to_share < 1 THEN last.geom ELSE ST_EndPoint(host.geom) END
        ) AS geom
    FROM every
    JOIN host ON host.host_id = every.host_id
    JOIN gis_node AS first ON first.id = every.first_node_id
    JOIN gis_node AS last ON last.id = every.last_node_id
    CROSS JOIN LATERAL (
        SELECT ST_SnapToGrid(
            ST_Transform(ST_LineSubstring(host.plane, every.from_share, every.to_share), 4326), 1e-9
        ) AS line
    ) AS cut
)
SELECT
    line.host_id, line.is_part, line.kind, line.code, line.length_m, line.row_number,
    CASE WHEN line.reversed THEN line.last_node_id ELSE line.first_node_id END AS start_node_id,
    CASE WHEN line.reversed THEN line.first_node_id ELSE line.last_node_id END AS end_node_id,
    CASE WHEN line.reversed THEN ST_Reverse(line.geom) ELSE line.geom END AS geom,
    coalesce(staged.diameter_mm, held.diameter_mm) AS diameter_mm,
    coalesce(staged.state, held.state) AS state,
    CASE WHEN staged.code IS NULL THEN held.state_source ELSE 'survey' END AS state_source,
    coalesce(staged.operable, held.operable) AS operable,
    coalesce(staged.attributes, held.attributes) AS attributes,
    coalesce(staged.synthetic, held.synthetic) AS synthetic,
    coalesce(staged.digest, '') AS digest
FROM line
LEFT JOIN waiting_device AS staged ON staged.row_number = line.row_number
LEFT JOIN gis_link AS device
    ON NOT line.is_part AND device.network_id = %(network)s
    AND device.kind = line.kind AND device.code = line.code
JOIN gis_link AS held ON held.id = coalesce(device.id, line.host_id)
