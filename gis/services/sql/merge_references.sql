-- Keep the old references that nobody had, each of the first point that names it.
INSERT INTO gis_connectionpointalias (network_id, connection_point_id, reference, created_in_id)
SELECT %(network)s, point.id, staged.reference, %(record)s
FROM staged_reference AS staged
JOIN gis_connectionpoint AS point ON point.network_id = %(network)s AND point.code = staged.code
WHERE staged.place = 1 AND staged.holder IS NULL
ON CONFLICT (network_id, reference) DO NOTHING
