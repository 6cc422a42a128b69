"""When to look at a post again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0008_missed_releases")]

    operations = [
        migrations.AddField(
            model_name="postpage",
            name="review_by",
            field=models.DateField(
                blank=True,
                null=True,
                help_text="From this day on, the dashboard asks somebody to read the post again "
                "and say whether it still holds. Readers do not see it. Empty: when the post has "
                "stood as long as the rules for publishing say.",
                verbose_name="look again by",
            ),
        ),
        migrations.AddField(
            model_name="publishingrules",
            name="look_again_days",
            field=models.PositiveSmallIntegerField(
                default=365,
                help_text="Days. The dashboard lists a post that was last published longer ago, "
                "unless the post has a date of its own for that. 0: only posts with a date of "
                "their own.",
                verbose_name="look at posts again after",
            ),
        ),
    ]
