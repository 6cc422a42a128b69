"""What is delivered after a change, what the timer missed, and when it last looked."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

MAY = {"Moderators": ["view_outboxentry", "change_outboxentry"]}


def allow_deliveries(apps, schema_editor):
    """Moderators look after deliveries. The permissions are not made yet at this point."""
    content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
        app_label="blog", model="outboxentry"
    )
    for group in apps.get_model("auth.Group").objects.filter(name__in=MAY):
        for codename in MAY[group.name]:
            verb = codename.split("_")[0]
            permission, _ = apps.get_model("auth.Permission").objects.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": f"Can {verb} delivery"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0004_reading_blocks"),
        ("wagtailcore", "0098_apitoken"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("home", "0003_series_permissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="MissedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("kind", models.CharField(choices=[("publish", "Publish"), ("expire", "Take away")], max_length=10)),
                ("name", models.TextField(help_text="The title of what was to change.")),
                ("due_at", models.DateTimeField()),
                ("reason", models.TextField(help_text="Why not, for editors.")),
                ("problem", models.TextField(help_text="Why not, for developers.")),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try", models.DateTimeField()),
                ("first_missed", models.DateTimeField()),
                ("page", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="missed_changes", to="wagtailcore.page")),
                ("revision", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailcore.revision")),
            ],
            options={"ordering": ["due_at", "pk"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="OutboxEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(help_text="Names what is delivered, within its kind.", max_length=200)),
                ("payload", models.JSONField(default=dict)),
                ("what", models.CharField(blank=True, help_text="For people: what it is about.", max_length=255)),
                ("waiting", models.CharField(editable=False, max_length=250, null=True, unique=True)),
                ("ask", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("problem", models.TextField(blank=True, help_text="Why the last try failed; empty if none did.")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-created", "-pk"],
                "default_permissions": ("view", "change"),
                "indexes": [
                    models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="deliveries_due"),
                    models.Index(fields=["done_at"], name="deliveries_done"),
                ],
            },
        ),
        migrations.RunPython(allow_deliveries, migrations.RunPython.noop),
    ]
