-- Keep gis_tilecell and gis_layerchange in step with the tables that tiles are made of, in the transaction that
-- changes them. Both are ledgers: a change appends what it adds or takes away and readers sum, so that no writer
-- waits for another. `gis.services.settle_tiles` merges what was appended.

-- Return the statement that appends the cells of `deltas`, a query of network_id, geom_3857 and delta (1 or -1).
-- It is a text because only the trigger itself sees its transition tables. An element counts where the middle of
-- its box lies: in the cell of 1/2^20 of the world's width, and in the cells above it, four into one, fifteen times.
CREATE FUNCTION gis_cells_statement(layer text, deltas text, settled boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $function$
SELECT format($statement$
    WITH middles AS (
        SELECT
            network_id, delta,
            (ST_XMin(geom_3857) + ST_XMax(geom_3857)) / 2 AS middle_x,
            (ST_YMin(geom_3857) + ST_YMax(geom_3857)) / 2 AS middle_y
        FROM (%s) AS deltas
        WHERE NOT ST_IsEmpty(geom_3857)
    ), finest AS (
        SELECT
            network_id,
            least(greatest(floor((middle_x / 40075016.685578488 + 0.5) * 1048576), 0), 1048575)::int AS across,
            least(greatest(floor((0.5 - middle_y / 40075016.685578488) * 1048576), 0), 1048575)::int AS down,
            sum(delta) AS count
        FROM middles
        GROUP BY 1, 2, 3
        HAVING sum(delta) <> 0
    )
    INSERT INTO gis_tilecell (layer, z, x, y, cell, network_id, count, settled)
    SELECT
        %L, z, across >> (20 - z), down >> (20 - z), (down >> (14 - z) & 63) * 64 + (across >> (14 - z) & 63),
        network_id, sum(count), %L
    FROM finest CROSS JOIN generate_series(0, 14) AS z
    GROUP BY 2, 3, 4, 5, 6
    HAVING sum(count) <> 0
$statement$, deltas, layer, settled)
$function$;

-- Arguments: the layer; the columns that its tiles show; whether its elements are counted in cells.
CREATE FUNCTION gis_note_tiles() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    layer CONSTANT text := TG_ARGV[0];
    shown CONSTANT text[] := string_to_array(TG_ARGV[1], ' ');
    deltas text;
    changed boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := EXISTS (SELECT FROM added);
        deltas := 'SELECT network_id, geom_3857, 1 AS delta FROM added';
    ELSIF TG_OP = 'DELETE' THEN
        changed := EXISTS (SELECT FROM removed);
        deltas := 'SELECT network_id, geom_3857, -1 AS delta FROM removed';
    ELSE
        EXECUTE (
            SELECT 'SELECT EXISTS (SELECT FROM added JOIN removed USING (id) WHERE '
                || string_agg(format('added.%1$I IS DISTINCT FROM removed.%1$I', name), ' OR ') || ')'
            FROM unnest(shown) AS name
        ) INTO changed;
        deltas := 'SELECT network_id, geom_3857, 1 AS delta FROM added'
            ' UNION ALL SELECT network_id, geom_3857, -1 FROM removed';
    END IF;
    IF changed THEN
        INSERT INTO gis_layerchange (layer, changes) VALUES (TG_ARGV[0], 1);
    END IF;
    IF changed AND TG_ARGV[2]::boolean THEN
        EXECUTE gis_cells_statement(layer, deltas, false);
    END IF;
    RETURN NULL;
END
$function$;

-- A network's code and utility stand in the tiles of all its elements.
CREATE FUNCTION gis_note_network() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO gis_layerchange (layer, changes)
    SELECT layer, 1 FROM unnest(ARRAY['nodes', 'links', 'connection-points']) AS layer;
    RETURN NULL;
END
$function$;

CREATE TRIGGER gis_note_network AFTER UPDATE OF code, utility ON gis_network
FOR EACH ROW WHEN ((OLD.code, OLD.utility) IS DISTINCT FROM (NEW.code, NEW.utility))
EXECUTE FUNCTION gis_note_network();

DO $block$
DECLARE
    one record;
BEGIN
    FOR one IN
        VALUES
            ('gis_node', 'nodes', 'network_id code kind geom is_source', true),
            ('gis_link', 'links', 'network_id code kind geom state', true),
            ('gis_connectionpoint', 'connection-points', 'network_id code geom', true),
            ('gis_zone', 'zones', 'code kind utility name_fr name_ar geom valid', false)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER gis_tiles_added AFTER INSERT ON %I REFERENCING NEW TABLE AS added'
            ' FOR EACH STATEMENT EXECUTE FUNCTION gis_note_tiles(%L, %L, %L)',
            one.column1, one.column2, one.column3, one.column4
        );
        EXECUTE format(
            'CREATE TRIGGER gis_tiles_changed AFTER UPDATE ON %I REFERENCING OLD TABLE AS removed NEW TABLE AS added'
            ' FOR EACH STATEMENT EXECUTE FUNCTION gis_note_tiles(%L, %L, %L)',
            one.column1, one.column2, one.column3, one.column4
        );
        EXECUTE format(
            'CREATE TRIGGER gis_tiles_removed AFTER DELETE ON %I REFERENCING OLD TABLE AS removed'
            ' FOR EACH STATEMENT EXECUTE FUNCTION gis_note_tiles(%L, %L, %L)',
            one.column1, one.column2, one.column3, one.column4
        );
        IF one.column4 THEN
            EXECUTE gis_cells_statement(
                one.column2, format('SELECT network_id, geom_3857, 1 AS delta FROM %I', one.column1), true
            );
        END IF;
    END LOOP;
END
$block$;
