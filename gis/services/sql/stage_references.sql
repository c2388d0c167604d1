-- The old references of the points at hand: the first row that names each, and who has it already.
CREATE TEMPORARY TABLE staged_reference ON COMMIT DROP AS
SELECT
    staged.row_number,
    staged.code,
    given.reference,
    row_number() OVER (PARTITION BY given.reference ORDER BY staged.row_number) AS place,
    first_value(staged.code) OVER (PARTITION BY given.reference ORDER BY staged.row_number) AS first_code,
    holder.code AS holder
FROM resolved_point AS staged
CROSS JOIN LATERAL unnest(staged.old_references) AS given (reference)
LEFT JOIN gis_connectionpointalias AS held ON held.network_id = %(network)s AND held.reference = given.reference
LEFT JOIN gis_connectionpoint AS holder ON holder.id = held.connection_point_id
WHERE staged.old_references IS NOT NULL
