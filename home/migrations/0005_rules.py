"""Moderators set how strict the checks before publishing are."""

from django.db import migrations


def allow_rules(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
        app_label="blog", model="publishingrules"
    )
    permission, _ = apps.get_model("auth.Permission").objects.get_or_create(
        content_type=content_type,
        codename="change_publishingrules",
        defaults={"name": "Can change rules for publishing"},
    )
    for group in apps.get_model("auth.Group").objects.filter(name="Moderators"):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0004_reading_blocks"), ("blog", "0007_links")]

    operations = [migrations.RunPython(allow_rules, migrations.RunPython.noop)]
