-- The staged devices that must find their place: new ones, and those drawn elsewhere or the other way round since.
CREATE TEMPORARY TABLE waiting_device ON COMMIT DROP AS
SELECT staged.*, held.id AS device_id, drawn.host_id AS held_host_id, drawn.at_end AS held_at_end
FROM staged_device AS staged
LEFT JOIN gis_link AS held
    ON held.network_id = %(network)s AND held.kind = staged.kind AND held.code = staged.code
LEFT JOIN LATERAL (
    SELECT * FROM gis_drawndevice WHERE device_id = held.id ORDER BY id DESC LIMIT 1
) AS drawn ON true
WHERE held.id IS NULL
    OR (
        held.source_digest <> staged.digest
        AND held.version = held.imported_version
        AND (NOT ST_DWithin(drawn.geom, staged.geom, 1e-8) OR drawn.reversed <> staged.reversed)
    )
