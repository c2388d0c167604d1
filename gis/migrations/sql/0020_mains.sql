-- Which links are mains: those that stay drawn where a tile has too many. Pipes by diameter, lines by the `nominal_kv`
-- of their attributes; 3 is the greatest, 0 is none.
CREATE FUNCTION gis_main_rank(kind text, diameter_mm double precision, attributes jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $function$
SELECT CASE
    WHEN kind = 'pipe' THEN
        CASE WHEN diameter_mm >= 500 THEN 3 WHEN diameter_mm >= 300 THEN 2 WHEN diameter_mm >= 150 THEN 1 ELSE 0 END
    WHEN kind = 'line' AND jsonb_typeof(attributes -> 'nominal_kv') = 'number' THEN
        CASE
            WHEN attributes -> 'nominal_kv' >= '60' THEN 3
            WHEN attributes -> 'nominal_kv' >= '10' THEN 2
            WHEN attributes -> 'nominal_kv' > '1' THEN 1
            ELSE 0
        END
    ELSE 0
END
$function$;

CREATE INDEX gis_link_mains ON gis_link USING gist (geom_3857)
WHERE gis_main_rank(kind, diameter_mm, attributes) >= 1;

CREATE INDEX gis_link_great_mains ON gis_link USING gist (geom_3857)
WHERE gis_main_rank(kind, diameter_mm, attributes) >= 2;

-- A link that becomes a main, or is one no longer, changes what tiles show. The statement is a text so that it is planned
-- for as many rows as there are.
CREATE FUNCTION gis_note_mains() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    changed boolean;
BEGIN
    EXECUTE 'SELECT EXISTS (
        SELECT FROM added JOIN removed USING (id)
        WHERE gis_main_rank(added.kind, added.diameter_mm, added.attributes)
            <> gis_main_rank(removed.kind, removed.diameter_mm, removed.attributes)
    )' INTO changed;
    IF changed THEN
        INSERT INTO gis_layerchange (layer, changes) VALUES ('links', 1);
    END IF;
    RETURN NULL;
END
$function$;

CREATE TRIGGER gis_mains_changed AFTER UPDATE ON gis_link
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION gis_note_mains();
