"""Editors and moderators may name series, as they may name authors and tags."""

from django.db import migrations

MAY = {
    "Editors": ["add_series", "change_series"],
    "Moderators": ["add_series", "change_series", "delete_series"],
}


def allow_series(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
        app_label="blog", model="series"
    )
    for group in apps.get_model("auth.Group").objects.filter(name__in=MAY):
        for codename in MAY[group.name]:
            permission, _ = apps.get_model("auth.Permission").objects.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": f"Can {codename.replace('_', ' ')}"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0002_new_publication"),
        ("blog", "0002_reading_aids"),
    ]

    operations = [migrations.RunPython(allow_series, migrations.RunPython.noop)]
