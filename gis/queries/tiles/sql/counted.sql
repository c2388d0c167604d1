-- How many elements of a layer lie in a tile, of z 6 to 20: one cell of the tile six levels above.
SELECT coalesce(sum(count), 0)::bigint
FROM gis_tilecell
WHERE layer = %(layer)s AND z = %(z)s - 6 AND x = %(x)s >> 6 AND y = %(y)s >> 6
    AND cell = (%(y)s & 63) * 64 + (%(x)s & 63)
