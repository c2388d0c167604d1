-- Links as rows of one length, like the nodes.
COPY (
    SELECT
        link.id,
        link.start_node_id,
        link.end_node_id,
        link.length_m::float4,
        (array_position(%(link_kinds)s::text[], link.kind::text) - 1)::int2,
        (array_position(%(states)s::text[], link.state::text) - 1)::int2,
        link.operable,
        coalesce((link.attributes ->> 'check_valve')::boolean, false),
        link.id IN (SELECT area.link_id FROM gis_stalearea AS area WHERE area.settled_at IS NULL),
        substr(convert_to(link.code, 'UTF8') || decode(repeat('00', %(wide)s), 'hex'), 1, %(wide)s)
    FROM gis_link AS link
    WHERE link.{which}
    ORDER BY link.id
) TO STDOUT (FORMAT binary)
