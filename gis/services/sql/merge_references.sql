-- Keep the old references of the points just written, as far as no other point of the network has them.
INSERT INTO gis_connectionpointalias (network_id, connection_point_id, reference, created_in_id)
SELECT %(network)s, point.id, given.reference, %(record)s
FROM resolved_point AS staged
CROSS JOIN LATERAL unnest(staged.old_references) AS given (reference)
JOIN gis_connectionpoint AS point ON point.network_id = %(network)s AND point.code = staged.code
WHERE staged.old_references IS NOT NULL
ON CONFLICT (network_id, reference) DO NOTHING
