from django.db import migrations


class Migration(migrations.Migration):
    """What blog.visibility.readable asks of each page: an index of the few unpublished pages with
    pages below them, without which every page of the tree is looked at for every page.
    """

    dependencies = [
        ("blog", "0009_review_by"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX blog_unpublished_parents ON wagtailcore_page (numchild, path) "
            "WHERE NOT live",
            "DROP INDEX blog_unpublished_parents",
        ),
    ]
