"""Plans, goals of tracks, releases, and calendar addresses."""

import django.core.validators
import django.db.models.deletion
import modelcluster.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0005_outbox"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="postpage",
            name="planned_for",
            field=models.DateTimeField(
                blank=True,
                null=True,
                help_text="When you mean to publish. Only for the calendar: nothing goes out by "
                "itself. To publish at a time, use Schedule.",
                verbose_name="planned date",
            ),
        ),
        migrations.AddField(
            model_name="trackindexpage",
            name="goal_posts",
            field=models.PositiveSmallIntegerField(
                default=1,
                help_text="How many posts you mean to publish; 0 for no goal.",
                verbose_name="posts",
            ),
        ),
        migrations.AddField(
            model_name="trackindexpage",
            name="goal_days",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="Two posts in 30 days is about two a month.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(366),
                ],
                verbose_name="in so many days",
            ),
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        max_length=120,
                        help_text="For editors only. What do these posts have in common?",
                    ),
                ),
                (
                    "go_live_at",
                    models.DateTimeField(
                        blank=True,
                        null=True,
                        help_text="All posts of the release are published at this time, or none "
                        "of them.",
                        verbose_name="go-live date/time",
                    ),
                ),
                (
                    "is_scheduled",
                    models.BooleanField(
                        default=False,
                        help_text="Tick to publish the posts at the time above. They are locked "
                        "until then. Untick and save to take them off the schedule.",
                        verbose_name="approved and scheduled",
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "release",
                "default_permissions": (),
                "ordering": ["-go_live_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ReleasePost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                (
                    "release",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="release_posts",
                        to="blog.release",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="releases",
                        to="blog.postpage",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wagtailcore.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "post of a release",
                "default_permissions": (),
                "ordering": ["sort_order"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "post"), name="once_in_a_release"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_address",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "calendar address", "default_permissions": ()},
        ),
    ]
