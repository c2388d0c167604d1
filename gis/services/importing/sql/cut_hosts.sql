-- Where each device begins and ends along its pipe, as shares of it: so many metres long at most, never touching its
-- neighbours, in the order drawn.
CREATE TEMPORARY TABLE cut ON COMMIT DROP AS
WITH ordered AS (
    SELECT
        placed.*,
        host.drawn_m,
        row_number() OVER (
            PARTITION BY placed.host_id
            ORDER BY CASE placed.at_end WHEN 'start' THEN 0 WHEN 'end' THEN 2 ELSE 1 END, placed.place_m, placed.code
        ) AS place,
        count(*) OVER (PARTITION BY placed.host_id) AS devices
    FROM placed_device AS placed
    JOIN host ON host.host_id = placed.host_id
), stepped AS (
    SELECT ordered.*, least(%(apart_m)s, drawn_m / (4 * (devices + 1))) AS step_m FROM ordered
), spaced AS (
    SELECT
        stepped.*,
        CASE at_end
            WHEN 'start' THEN 0
            WHEN 'end' THEN drawn_m
            ELSE least(
                greatest(
                    step_m * place,
                    step_m * place
                    + max(place_m - step_m * place) OVER (PARTITION BY host_id ORDER BY place)
                ),
                drawn_m - step_m * (devices - place + 1)
            )
        END AS at_m
    FROM stepped
), reaching AS (
    SELECT
        spaced.*,
        least(
            %(reach_m)s,
            drawn_m / 20,
            CASE WHEN at_end <> 'start' THEN (at_m - coalesce(lag(at_m) OVER one, 0)) / 4 END,
            CASE WHEN at_end <> 'end' THEN (coalesce(lead(at_m) OVER one, drawn_m) - at_m) / 4 END
        ) AS reach_m
    FROM spaced
    WINDOW one AS (PARTITION BY host_id ORDER BY place)
)
SELECT
    reaching.*,
    at_m / drawn_m AS along,
    CASE at_end WHEN 'start' THEN 0 WHEN 'end' THEN 1 - 2 * reach_m / drawn_m ELSE (at_m - reach_m) / drawn_m END
        AS from_share,
    CASE at_end WHEN 'start' THEN 2 * reach_m / drawn_m WHEN 'end' THEN 1 ELSE (at_m + reach_m) / drawn_m END
        AS to_share
FROM reaching
