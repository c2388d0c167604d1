-- A network's version, and whether this transaction may have written it: then nobody else may see it yet.
SELECT
    network.id,
    network.utility,
    network.topology_version,
    network.xmin::text,
    coalesce(
        mod(
            network.xmin::text::bigint - mod(pg_current_xact_id_if_assigned()::text::bigint, 4294967296) + 4294967296,
            4294967296
        ) < 2147483648,
        false
    ) AS uncommitted
FROM gis_network AS network
WHERE network.code = %(code)s
