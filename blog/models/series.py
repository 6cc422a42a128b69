"""Series: posts meant to be read in an order."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index


class Series(index.Indexed, models.Model):
    """An ordered run of posts; each post says which part of it it is."""

    title = models.CharField(
        max_length=200,
        help_text="As it should stand above its posts, for example Memory from zero.",
    )

    panels = [FieldPanel("title")]
    search_fields = [
        index.SearchField("title", boost=10),
        index.AutocompleteField("title"),
    ]

    class Meta:
        ordering = ["title"]
        verbose_name = "series"
        verbose_name_plural = "series"

    def __str__(self):
        return self.title
