"""Authors: the people whose names stand under posts."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index


class Author(index.Indexed, ClusterableModel):
    """A person who writes, with or without an account."""

    name = models.CharField(max_length=120, help_text="As it should stand under a post.")
    slug = models.SlugField(
        max_length=120,
        unique=True,
        allow_unicode=True,
        help_text="The last part of the author page's address, for example mara-lindqvist.",
    )
    email = models.EmailField(
        blank=True,
        help_text="Shown to readers under posts, so that they can write to the author. "
        "Empty: the publication's contact address is shown.",
    )
    bio = models.TextField(
        blank=True, help_text="Two or three plain sentences for the author's page."
    )
    photo = models.ForeignKey(
        "blog.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        help_text="The account of this person. New posts made with it start with this author.",
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("bio"),
        FieldPanel("photo"),
        FieldPanel("email"),
        InlinePanel("links", heading="Links", label="link"),
        FieldPanel("user"),
    ]
    search_fields = [
        index.SearchField("name", boost=10),
        index.SearchField("bio"),
        index.AutocompleteField("name"),
    ]

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("author", args=[self.slug])


class AuthorLink(Orderable):
    """A place on the web where the author can be found."""

    author = ParentalKey(Author, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=60, help_text="For example Code, or Homepage.")
    url = models.URLField("address")

    panels = [FieldPanel("label"), FieldPanel("url")]

    def __str__(self):
        return self.label


class PostAuthor(Orderable):
    """That an author wrote a post, at a place in the order of its authors."""

    post = ParentalKey("blog.PostPage", on_delete=models.CASCADE, related_name="post_authors")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="authored")

    panels = [FieldPanel("author")]

    def __str__(self):
        return str(self.author)
