import django.contrib.postgres.indexes
import gis.models.search
from django.db import migrations, models

# What `gis.domain.words` does in Python. Both are immutable: indexes stand on them.
FUNCTIONS = r"""
CREATE FUNCTION gis_key(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(translate(given, E' -_./\\:\t\n\r', ''));

CREATE FUNCTION gis_folded(given text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(
    replace(replace(translate(
        regexp_replace(
            lower(normalize(given, NFKD)),
            '[\u0300-\u036f\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed]', '', 'g'
        ),
        'ةىٱیک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹ø',
        'هيايك01234567890123456789o'
    ), 'œ', 'oe'), 'æ', 'ae'),
    '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u060c\u061b\u061f\u066a-\u066d]+', ' ', 'g'
));

-- Not in SQL, which would be written into each query: the planner would not know what it costs, nor use the
-- statistics of the indexes on it.
CREATE FUNCTION gis_words(given text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 1000 AS $$
BEGIN
    RETURN array_to_tsvector(string_to_array(
        regexp_replace(public.gis_folded(given), '(^| )ال(?=[^ ]{3})', '\1', 'g'), ' '
    ));
END
$$;
"""
NO_FUNCTIONS = """
DROP FUNCTION gis_words(text);
DROP FUNCTION gis_folded(text);
DROP FUNCTION gis_key(text);
"""
INDEXES = """
CREATE INDEX gis_cp_address_words ON gis_connectionpoint USING gin (gis_words(address));
CREATE INDEX gis_node_name_words ON gis_node USING gin (gis_words(attributes ->> 'name')) WHERE attributes ? 'name';
CREATE INDEX gis_link_name_words ON gis_link USING gin (gis_words(attributes ->> 'name')) WHERE attributes ? 'name';
CREATE INDEX gis_zone_name_words ON gis_zone
    USING gin (gis_words(code || ' ' || name_fr || ' ' || name_ar));
CREATE INDEX gis_alias_reference_key ON gis_connectionpointalias (gis_key(reference) text_pattern_ops);
"""
NO_INDEXES = """
DROP INDEX gis_cp_address_words, gis_node_name_words, gis_link_name_words, gis_zone_name_words,
    gis_alias_reference_key;
"""


def by_key(name):
    """Index the codes of a table as they are compared."""
    return models.Index(
        django.contrib.postgres.indexes.OpClass(gis.models.search.Key("code"), name="text_pattern_ops"),
        name=f"gis_{name}_code_key",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("gis", "0017_one_zone_of_each_kind"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("uses", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="searchword",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="gis_searchword_near", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.RemoveIndex(model_name="connectionpoint", name="gis_cp_code_lower"),
        migrations.RemoveIndex(model_name="link", name="gis_link_code_lower"),
        migrations.RemoveIndex(model_name="node", name="gis_node_code_lower"),
        migrations.AddIndex(model_name="connectionpoint", index=by_key("cp")),
        migrations.AddIndex(model_name="link", index=by_key("link")),
        migrations.AddIndex(model_name="node", index=by_key("node")),
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
