-- Of the staged rows: those that are there, those of them that people edited since they were imported, and those
-- that are as before.
SELECT
    count(*),
    count(*) FILTER (WHERE held.source_digest <> staged.digest AND held.version <> held.imported_version),
    count(*) FILTER (WHERE held.source_digest = staged.digest)
FROM {staged} AS staged
JOIN {table} AS held ON held.network_id = %(network)s AND {same}
