-- Nodes as rows of one length: `wide` bytes of code, padded with zeros. {which} names a network or some ids.
COPY (
    SELECT
        node.id,
        (array_position(%(node_kinds)s::text[], node.kind::text) - 1)::int2,
        node.is_source,
        substr(convert_to(node.code, 'UTF8') || decode(repeat('00', %(wide)s), 'hex'), 1, %(wide)s)
    FROM gis_node AS node
    WHERE node.{which}
    ORDER BY node.id
) TO STDOUT (FORMAT binary)
