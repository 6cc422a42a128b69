import django.db.models.deletion
from django.db import migrations, models

# What each database's full-text engine keeps the words of a page in.
WORD_STORES = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "title, excerpt, names, body, exact, tokenize = 'ascii', prefix = '3')",
    ],
    "postgresql": [
        "ALTER TABLE search_searchdocument ADD COLUMN words tsvector NOT NULL DEFAULT ''",
        "ALTER TABLE search_searchdocument ADD COLUMN head tsvector NOT NULL DEFAULT ''",
        # Ranking reads whole vectors, which takes four times as long when they are compressed.
        "ALTER TABLE search_searchdocument ALTER COLUMN words SET STORAGE EXTERNAL",
        "CREATE INDEX search_document_words ON search_searchdocument "
        "USING gin (words) WITH (fastupdate = off)",
        "CREATE INDEX search_document_head ON search_searchdocument "
        "USING gin (head) WITH (fastupdate = off)",
    ],
}


def make_word_store(apps, schema_editor):
    for statement in WORD_STORES[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_word_store(apps, schema_editor):
    """PostgreSQL's columns go with the table they belong to."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_document",
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                ("title", models.TextField()),
                ("excerpt", models.TextField(blank=True)),
                (
                    "names",
                    models.TextField(blank=True, help_text="Tags and authors, one a line."),
                ),
                ("body", models.TextField(blank=True)),
                (
                    "edition",
                    models.PositiveSmallIntegerField(
                        help_text="The edition of search.words that cut the texts into words."
                    ),
                ),
            ],
        ),
        migrations.RunPython(make_word_store, drop_word_store),
    ]
