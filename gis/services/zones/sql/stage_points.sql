-- The connection points to look at: those of an area, of a network, of a list, or all of that.
CREATE TEMPORARY TABLE affected_point ON COMMIT DROP AS
SELECT DISTINCT point.id, point.network_id, point.geom
FROM gis_connectionpoint AS point
{within}
WHERE (%(network)s::bigint IS NULL OR point.network_id = %(network)s)
    AND (%(points)s::bigint[] IS NULL OR point.id = ANY (%(points)s::bigint[]))
