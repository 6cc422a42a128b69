"""A miss may be that of a release, and a release remembers the titles of its posts."""

import django.db.models.deletion
from django.db import migrations, models

PREFIX = "blog.Release:"


def join_misses_to_releases(apps, schema_editor):
    """What was missed before names its release in its key only."""
    there = set(apps.get_model("blog.Release").objects.values_list("pk", flat=True))
    for row in apps.get_model("blog.MissedChange").objects.filter(key__startswith=PREFIX):
        number = int(row.key.removeprefix(PREFIX))
        if number in there:
            row.release_id = number
            row.save(update_fields=["release"])


def remember_titles(apps, schema_editor):
    entries = apps.get_model("blog.ReleasePost").objects.exclude(post=None)
    for entry in entries.select_related("post"):
        entry.title = entry.post.title
        entry.save(update_fields=["title"])


class Migration(migrations.Migration):
    dependencies = [("blog", "0007_links")]

    operations = [
        migrations.AddField(
            model_name="missedchange",
            name="release",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="missed_changes",
                to="blog.release",
            ),
        ),
        migrations.AddField(
            model_name="releasepost",
            name="title",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Of the post when it was approved.",
                max_length=255,
            ),
        ),
        migrations.RunPython(join_misses_to_releases, migrations.RunPython.noop),
        migrations.RunPython(remember_titles, migrations.RunPython.noop),
    ]
