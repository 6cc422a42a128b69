from django.db import migrations, models

# The pages are indexed anew after the migration, see search.receivers.on_migrated.
WORD_STORE = (
    "CREATE VIRTUAL TABLE search_words USING fts5("
    "title, headings, excerpt, names, prose, code, symbols, exact, "
    "tokenize = 'ascii', prefix = '3')"
)
FORMER_WORD_STORE = (
    "CREATE VIRTUAL TABLE search_words USING fts5("
    "title, excerpt, names, body, exact, tokenize = 'ascii', prefix = '3')"
)


# PostgreSQL takes a search for cheap and would rather go through the whole table when it expects
# many hits, where reading the words of one page costs as much as finding hundreds by the index.
FUNCTIONS = {"search_matching": "words", "search_matching_heads": "head"}
FUNCTION = """
    CREATE FUNCTION {name}(asked text, most integer) RETURNS SETOF integer
    LANGUAGE sql STABLE SET enable_seqscan = off
    AS $$ SELECT page_id FROM search_searchdocument WHERE {column} @@ asked::tsquery LIMIT most $$
"""


def make_word_store(apps, schema_editor):
    replace_word_store(schema_editor, WORD_STORE)
    if schema_editor.connection.vendor == "postgresql":
        for name, column in FUNCTIONS.items():
            schema_editor.execute(FUNCTION.format(name=name, column=column))


def restore_word_store(apps, schema_editor):
    replace_word_store(schema_editor, FORMER_WORD_STORE)
    if schema_editor.connection.vendor == "postgresql":
        for name in FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION {name}(text, integer)")


def replace_word_store(schema_editor, statement):
    """PostgreSQL's columns take any words."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_words")
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(make_word_store, restore_word_store),
        migrations.RemoveField("searchdocument", "body"),
        # Before the long texts, which SQLite would have to read through to come to them.
        migrations.AddField(
            "searchdocument",
            "kind",
            models.CharField(default="page", help_text="post or page", max_length=10),
        ),
        migrations.AddField(
            "searchdocument",
            "year",
            models.PositiveSmallIntegerField(help_text="Of the date readers see.", null=True),
        ),
        migrations.AddField(
            "searchdocument", "has_code", models.BooleanField(default=False)
        ),
        migrations.AddField(
            "searchdocument", "has_formulas", models.BooleanField(default=False)
        ),
        migrations.AddField(
            "searchdocument",
            "sections",
            models.JSONField(
                default=list,
                help_text="What stands below each heading: see search.texts.Section.",
            ),
        ),
        migrations.AddField(
            "searchdocument",
            "forms",
            models.JSONField(
                default=dict,
                help_text="The words of title, headings, excerpt and names, for ranking.",
            ),
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(db_index=True, max_length=64)),
            ],
        ),
    ]
