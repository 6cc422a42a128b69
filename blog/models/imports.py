"""Where an imported page came from."""

from django.db import models


class ImportedDocument(models.Model):
    """The document a page was made from, so that importing it again does nothing."""

    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="imported_document"
    )
    source = models.CharField(
        max_length=500,
        unique=True,
        help_text="What identifies the document: its permalink, its path, or a feed item's id.",
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was read, in hex.")
    format = models.CharField(max_length=40)
    notes = models.JSONField(default=list, help_text="What was repaired, and what was not kept.")
    imported_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.source
