"""What search knows of a page: one row a page, with its text as readers see it."""

from django.db import models


class SearchDocument(models.Model):
    """The texts of one published page: what is shown of it in answers, and what it is found by.

    The words themselves are kept beside it by the database's own full-text engine, see
    search.engines. There is a row for each live page; whether the page may be shown to readers
    is asked at the moment of the question, never here.
    """

    page = models.OneToOneField(
        "wagtailcore.Page",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="search_document",
    )
    title = models.TextField()
    excerpt = models.TextField(blank=True)
    names = models.TextField(blank=True, help_text="Tags and authors, one a line.")
    body = models.TextField(blank=True)
    edition = models.PositiveSmallIntegerField(
        help_text="The edition of search.words that cut the texts into words."
    )

    # The index is worked out from pages; it is no use of a page that would keep it from deletion.
    wagtail_reference_index_ignore = True

    def __str__(self):
        return self.title
