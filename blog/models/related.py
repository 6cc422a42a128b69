"""Which posts to go on with: worked out when posts are published, read with one query."""

from django.db import models


class RelatedPost(models.Model):
    """That a reader of `post` is offered `other`, the lowest rank first."""

    post = models.ForeignKey(
        "blog.PostPage", on_delete=models.CASCADE, related_name="related_posts"
    )
    other = models.ForeignKey("blog.PostPage", on_delete=models.CASCADE, related_name="related_to")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=("post", "other"), name="related_post_once"),
        ]

    def __str__(self):
        return f"{self.post_id}: {self.other_id}"
