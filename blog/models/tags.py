"""Tags: one model for all posts."""

from django.db import models
from django.urls import reverse
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel
from wagtail.search import index


class TagQuerySet(models.QuerySet):
    def with_slug(self, words: str):
        """The tag with that slug, or None; any words may be asked for."""
        return self.filter(slug=words).first() if words and "\0" not in words else None

    def counted_in(self, posts, most: int = 12):
        """The tags that the posts of the QuerySet carry, most used first, with `.count`."""
        return (
            self.filter(tagged_posts__content_object__in=posts.order_by().values("pk"))
            .annotate(count=models.Count("tagged_posts"))
            .order_by("-count", "name")[:most]
        )


class Tag(index.Indexed, TagBase):
    """A topic that posts share, with a page of its own."""

    free_tagging = True

    objects = TagQuerySet.as_manager()

    panels = [FieldPanel("name"), FieldPanel("slug")]
    search_fields = [index.SearchField("name", boost=10), index.AutocompleteField("name")]

    class Meta:
        ordering = ["name"]
        verbose_name = "tag"
        verbose_name_plural = "tags"

    def get_absolute_url(self) -> str:
        return reverse("tag", args=[self.slug])


class TaggedPost(ItemBase):
    """That a post carries a tag."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged_posts")
    content_object = ParentalKey(
        "blog.PostPage", on_delete=models.CASCADE, related_name="tagged_items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("tag", "content_object"), name="unique_tag_of_post")
        ]

    def __str__(self):
        return str(self.tag)
