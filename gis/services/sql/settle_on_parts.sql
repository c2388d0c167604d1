-- A point that names a pipe which devices divide joins the nearest of its parts.
UPDATE resolved_point AS point
SET link_id = nearest.part_id
FROM (
    SELECT staged.row_number, part.part_id
    FROM resolved_point AS staged
    CROSS JOIN LATERAL (
        SELECT link.id AS part_id
        FROM gis_link AS link
        WHERE link.id = staged.link_id
            OR link.id IN (SELECT part_id FROM gis_drawndevice WHERE host_id = staged.link_id)
        ORDER BY ST_Distance(link.geom_3857, ST_Transform(staged.geom, 3857)), link.id
        LIMIT 1
    ) AS part
    WHERE staged.link_id IN (SELECT host_id FROM gis_drawndevice)
) AS nearest
WHERE point.row_number = nearest.row_number AND point.link_id <> nearest.part_id
