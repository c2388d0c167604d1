-- The polygons of a result, less those under a square metre: slivers between outlines that were meant to be one line.
SELECT ST_Multi(ST_Collect(part.geom))
FROM ST_Dump(ST_CollectionExtract(ST_MakeValid(({operation})), 3)) AS part
WHERE ST_Area(part.geom::geography) >= 1
