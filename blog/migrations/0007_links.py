"""Rules for publishing, what was found in posts, and the addresses that they link to."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0006_planning"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckedPost",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="checked",
                        serialize=False,
                        to="blog.postpage",
                    ),
                ),
                ("revision", models.IntegerField(null=True, verbose_name="published revision")),
                ("stops", models.PositiveIntegerField(default=0)),
                ("warnings", models.PositiveIntegerField(default=0)),
                ("notes", models.PositiveIntegerField(default=0)),
                (
                    "without_alt",
                    models.PositiveIntegerField(
                        default=0, verbose_name="pictures without alt text"
                    ),
                ),
                ("broken_links", models.PositiveIntegerField(default=0)),
                (
                    "checked_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExternalLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=1000, unique=True, verbose_name="address")),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        help_text="The last answer's HTTP status. Empty: no answer yet.", null=True
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=200)),
                (
                    "failures",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Days on which it failed."
                    ),
                ),
                ("checked_at", models.DateTimeField(db_index=True, null=True)),
                ("failed_on", models.DateField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "seen_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="When it was last found in a post.",
                    ),
                ),
            ],
            options={
                "verbose_name": "external link",
            },
        ),
        migrations.CreateModel(
            name="PublishingRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "alt_text",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="stop",
                        help_text="A picture that has no alt text and is not marked as decorative.",
                        max_length=6,
                        verbose_name="pictures without alt text",
                    ),
                ),
                (
                    "internal_links",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="stop",
                        help_text="A link to a missing page or document, a draft or a private page.",
                        max_length=6,
                        verbose_name="links to what readers cannot open",
                    ),
                ),
                (
                    "excerpt",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="stop",
                        help_text="It is empty or longer than 300 characters.",
                        max_length=6,
                        verbose_name="excerpt",
                    ),
                ),
                (
                    "unresolved",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="stop",
                        help_text="An undefined reference or citation, or a formula that cannot be set.",
                        max_length=6,
                        verbose_name="what cannot be shown as meant",
                    ),
                ),
                (
                    "leftovers",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="reason",
                        help_text="Such as {% … %}, {{ … }}, {: .notice}, ::: or garbled characters, outside code.",
                        max_length=6,
                        verbose_name="leftovers of an import",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="Longer than 110 characters. From 70 on it is noted.",
                        max_length=6,
                        verbose_name="title",
                    ),
                ),
                (
                    "teaser",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="There is no teaser picture.",
                        max_length=6,
                        verbose_name="teaser",
                    ),
                ),
                (
                    "teaser_size",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="The teaser is smaller than 1200 × 800 pixels.",
                        max_length=6,
                        verbose_name="teaser size",
                    ),
                ),
                (
                    "tags",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="There are none, or more than five.",
                        max_length=6,
                        verbose_name="tags",
                    ),
                ),
                (
                    "headings",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="One is empty or repeated, a level is skipped, or several are of the first level.",
                        max_length=6,
                        verbose_name="headings",
                    ),
                ),
                (
                    "empty_links",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="A link without words or without an address.",
                        max_length=6,
                        verbose_name="empty links",
                    ),
                ),
                (
                    "external_links",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="warn",
                        help_text="A page elsewhere did not answer on three days.",
                        max_length=6,
                        verbose_name="broken links to other sites",
                    ),
                ),
                (
                    "code_language",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="note",
                        help_text="A fence that names none.",
                        max_length=6,
                        verbose_name="code without a language",
                    ),
                ),
                (
                    "long_lines",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="note",
                        help_text="Code with a line over 100 characters.",
                        max_length=6,
                        verbose_name="long lines of code",
                    ),
                ),
                (
                    "plain_code",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="note",
                        help_text="Code in a post of the track for everyone.",
                        max_length=6,
                        verbose_name="code for everyone",
                    ),
                ),
                (
                    "readability",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="note",
                        help_text="Long sentences and words in a post of the track for everyone: over grade 12.",
                        max_length=6,
                        verbose_name="hard sentences",
                    ),
                ),
                (
                    "length",
                    models.CharField(
                        choices=[
                            ("stop", "Stops publishing"),
                            ("reason", "Stops publishing, unless a reason is given"),
                            ("warn", "Warns"),
                            ("note", "Is mentioned"),
                            ("off", "Is not looked for"),
                        ],
                        default="note",
                        help_text="The post takes more than half an hour to read.",
                        max_length=6,
                        verbose_name="length",
                    ),
                ),
                (
                    "plain_track",
                    models.ForeignKey(
                        blank=True,
                        help_text="The track written without technical terms. Empty: the one whose address ends in /everyone/.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="blog.trackindexpage",
                        verbose_name="track for everyone",
                    ),
                ),
                (
                    "site",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="wagtailcore.site",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules for publishing",
            },
        ),
    ]
