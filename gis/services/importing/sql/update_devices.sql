-- Bring devices that are there already to what their rows say now, but for their place.
WITH updated AS (
    UPDATE gis_link
    SET diameter_mm = coalesce(staged.diameter_mm, gis_link.diameter_mm),
        state = CASE gis_link.state_source WHEN 'survey' THEN staged.state ELSE gis_link.state END,
        operable = staged.operable,
        attributes = staged.attributes,
        source_digest = staged.digest,
        version = gis_link.version + 1,
        imported_version = gis_link.version + 1
    FROM staged_device AS staged
    WHERE gis_link.network_id = %(network)s
        AND gis_link.kind = staged.kind
        AND gis_link.code = staged.code
        AND gis_link.source_digest <> staged.digest
        AND gis_link.version = gis_link.imported_version
    RETURNING 1
)
SELECT count(*) FROM updated
