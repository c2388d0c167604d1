-- Old references that another connection point of the network has: how many, and the first of them.
SELECT count(*) OVER (), staged.row_number, 'connection point', staged.code, given.reference || ' > ' || holder.code
FROM resolved_point AS staged
CROSS JOIN LATERAL unnest(staged.old_references) AS given (reference)
JOIN gis_connectionpointalias AS held ON held.network_id = %(network)s AND held.reference = given.reference
JOIN gis_connectionpoint AS holder ON holder.id = held.connection_point_id
WHERE holder.code <> staged.code
ORDER BY staged.row_number
LIMIT 1000
