SELECT
    (SELECT count(*) FROM gis_node WHERE network_id = %(network)s),
    links.number,
    links.length_m,
    (SELECT count(*) FROM gis_connectionpoint WHERE network_id = %(network)s)
FROM (
    SELECT
        count(*) AS number,
        coalesce(sum(length_m) FILTER (WHERE kind IN ('pipe', 'line')), 0) AS length_m
    FROM gis_link
    WHERE network_id = %(network)s
) AS links
