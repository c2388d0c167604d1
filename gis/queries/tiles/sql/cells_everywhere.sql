-- Cells as they are kept, of a tile of z 0 to 14, or of the quarter of one that is a tile of z 15.
cells AS (
    SELECT
        (kept.cell & 63) - %(left)s AS across, (kept.cell >> 6) - %(top)s AS down,
        network.utility, sum(kept.count)::int AS count
    FROM gis_tilecell AS kept
    JOIN gis_network AS network ON network.id = kept.network_id
    WHERE kept.layer = %(layer)s AND kept.z = %(kept_z)s AND kept.x = %(kept_x)s AND kept.y = %(kept_y)s
        AND kept.cell & 63 BETWEEN %(left)s AND %(left)s + %(side)s - 1
        AND kept.cell >> 6 BETWEEN %(top)s AND %(top)s + %(side)s - 1
    GROUP BY 1, 2, 3
    HAVING sum(kept.count) > 0
)
