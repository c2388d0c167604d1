-- The old references that went in the transaction that removed a connection point; none that names another point now.
INSERT INTO gis_connectionpointalias (network_id, connection_point_id, reference)
SELECT went.network_id, went.connection_point_id, went.reference
FROM gis_connectionpointaliasevent AS went
JOIN gis_connectionpointevent AS removal
    ON removal.pgh_obj_id = went.connection_point_id AND removal.pgh_created_at = went.pgh_created_at
WHERE removal.pgh_id = %(event)s
ON CONFLICT (network_id, reference) DO NOTHING
