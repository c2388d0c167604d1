-- Add appended cells to the settled ones. One statement sees one state: what others append meanwhile waits.
WITH appended AS (
    DELETE FROM gis_tilecell WHERE NOT settled RETURNING layer, z, x, y, cell, network_id, count
), summed AS (
    SELECT layer, z, x, y, cell, network_id, sum(count) AS count FROM appended GROUP BY layer, z, x, y, cell, network_id
), before AS (
    DELETE FROM gis_tilecell AS kept
    USING summed
    WHERE kept.settled
        AND (kept.layer, kept.z, kept.x, kept.y, kept.cell, kept.network_id)
            = (summed.layer, summed.z, summed.x, summed.y, summed.cell, summed.network_id)
    RETURNING kept.layer, kept.z, kept.x, kept.y, kept.cell, kept.network_id, kept.count
), merged AS (
    INSERT INTO gis_tilecell (layer, z, x, y, cell, network_id, count, settled)
    SELECT layer, z, x, y, cell, network_id, sum(count), true
    FROM (SELECT * FROM summed UNION ALL SELECT * FROM before) AS every
    GROUP BY layer, z, x, y, cell, network_id
    HAVING sum(count) <> 0
)
SELECT count(*) FROM appended
