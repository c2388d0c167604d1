-- The triggers of 0008 tell every change of what tiles show, rows that come and go among them. These tell what searches
-- find and tiles do not show: addresses and names. No writer has to remember to tell of anything.
-- Argument: the words of a row, of which %1$s is the name. The statement is a text so that it is planned for as many rows
-- as there are.
CREATE FUNCTION gis_note_words() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    changed boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM added JOIN removed USING (id) WHERE %s IS DISTINCT FROM %s)',
        format(TG_ARGV[0], 'added'), format(TG_ARGV[0], 'removed')
    ) INTO changed;
    IF changed THEN
        INSERT INTO gis_layerchange (layer, changes) VALUES ('words', 1);
    END IF;
    RETURN NULL;
END
$function$;

CREATE TRIGGER gis_words_changed AFTER UPDATE ON gis_connectionpoint
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION gis_note_words('%1$s.address');

CREATE TRIGGER gis_words_changed AFTER UPDATE ON gis_node
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION gis_note_words('%1$s.attributes -> ''name''');

CREATE TRIGGER gis_words_changed AFTER UPDATE ON gis_link
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION gis_note_words('%1$s.attributes -> ''name''');
