"""Synonyms, promoted results, and what readers search for."""

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models

CURATE = [f"{verb}_{model}" for model in ("synonym", "promotion") for verb in ("add", "change", "delete")]
MAY = {
    "Editors": ["view_notedquestion"],
    "Moderators": ["view_notedquestion", *CURATE],
}
NAMES = {
    "synonym": "synonym",
    "promotion": "promoted result",
    "notedquestion": "readers’ search",
}


def allow(apps, schema_editor):
    """Who sets the publication up also says how it is searched. The permissions are not made yet
    at this point.
    """
    for group in apps.get_model("auth.Group").objects.filter(name__in=MAY):
        for codename in MAY[group.name]:
            verb, model = codename.split("_")
            content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
                app_label="search", model=model
            )
            permission, _ = apps.get_model("auth.Permission").objects.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": f"Can {verb} {NAMES[model]}"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_sections_and_words"),
        ("home", "0002_new_publication"),
        ("wagtailcore", "0098_apitoken"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(help_text="Separate them by commas, for example: k8s, kubernetes. Case and accents do not count.", max_length=300)),
                ("direction", models.CharField(choices=[("both", "Whoever searches for one of them also finds the others"), ("first", "Whoever searches for the first also finds the others, not the reverse")], default="both", help_text="Choose the second for a short word that stands for more than this, for example: ml, machine learning.", max_length=5)),
            ],
            options={"ordering": ["words", "pk"], "default_permissions": ("add", "change", "delete")},
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(help_text="The whole question. Case, accents and signs between words do not count.", max_length=120, verbose_name="what readers search for")),
                ("words", models.CharField(editable=False, help_text="The question as it is compared, see search.folding.", max_length=255, unique=True)),
                ("is_beginning", models.BooleanField(default=False, help_text="Ticked, what is shown for “kubernetes” is also shown for “kubernetes on a laptop”, unless that has promoted results of its own.", verbose_name="also longer questions that begin with these words")),
            ],
            options={
                "verbose_name": "promoted result",
                "ordering": ["words"],
                "default_permissions": ("add", "change", "delete"),
            },
        ),
        migrations.CreateModel(
            name="PromotedPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                ("page", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="promotions", to="wagtailcore.page")),
                ("promotion", modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name="promoted_pages", to="search.promotion")),
            ],
            options={"ordering": ["sort_order"], "abstract": False, "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="NotedQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(help_text="The question as it is compared, see search.folding.", max_length=255)),
                ("day", models.DateField(db_index=True)),
                ("askings", models.PositiveIntegerField()),
                ("results", models.PositiveIntegerField(help_text="When it was last asked on that day.")),
            ],
            options={
                "verbose_name": "readers’ search",
                "verbose_name_plural": "readers’ searches",
                "default_permissions": ("view",),
                "constraints": [models.UniqueConstraint(fields=("words", "day"), name="noted_once_a_day")],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
