import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0002_reading_aids")]

    operations = [
        migrations.CreateModel(
            name="Diagram",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("svg_light", models.TextField(blank=True)),
                ("svg_dark", models.TextField(blank=True)),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=400)),
                ("problem_line", models.PositiveIntegerField(default=1)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "last_used",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
            ],
        ),
    ]
