"""Plans: posts that go out together, and the secret addresses of editors' calendars."""

import secrets

from django.conf import settings
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable

from blog.digests import digests_of


class ReleaseQuerySet(models.QuerySet):
    """Which releases: each method chains."""

    def scheduled(self):
        return self.filter(is_scheduled=True, published_at=None)


class Release(ClusterableModel):
    """Posts that are published together at one time: all of them or none.

    While it is scheduled, each post's approved revision is kept in its ReleasePost, and the timer
    leaves these revisions to the release.
    """

    name = models.CharField(
        max_length=120, help_text="For editors only. What do these posts have in common?"
    )
    go_live_at = models.DateTimeField(
        "go-live date/time",
        null=True,
        blank=True,
        help_text="All posts of the release are published at this time, or none of them.",
    )
    is_scheduled = models.BooleanField(
        "approved and scheduled",
        default=False,
        help_text="Tick to publish the posts at the time above. They are locked until then. "
        "Untick and save to take them off the schedule.",
    )
    published_at = models.DateTimeField(null=True, editable=False)

    objects = models.Manager.from_queryset(ReleaseQuerySet)()

    panels = [
        FieldPanel("name"),
        InlinePanel("release_posts", heading="Posts", label="post", min_num=1),
        FieldPanel("go_live_at"),
        FieldPanel("is_scheduled"),
    ]

    class Meta:
        verbose_name = "release"
        default_permissions = ()
        ordering = ["-go_live_at", "-pk"]

    def __str__(self):
        return self.name

    @property
    def state(self) -> str:
        """One word for editors: published, scheduled or draft."""
        if self.published_at:
            return "published"
        return "scheduled" if self.is_scheduled else "draft"


class ReleasePost(Orderable):
    """A post in a release and, while it is scheduled, the revision that will go out.

    The row outlives its post, so that a release never goes out without one that was deleted.
    """

    release = ParentalKey(Release, related_name="release_posts", on_delete=models.CASCADE)
    post = models.ForeignKey(
        "blog.PostPage", null=True, on_delete=models.SET_NULL, related_name="releases"
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    title = models.CharField(
        max_length=255, blank=True, editable=False, help_text="Of the post when it was approved."
    )

    panels = [PageChooserPanel("post", "blog.PostPage")]

    class Meta(Orderable.Meta):
        verbose_name = "post of a release"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["release", "post"], name="once_in_a_release")
        ]

    def __str__(self):
        if self.post or not self.title:
            return str(self.post or "a deleted post")
        return f"{self.title} (deleted)"


PURPOSE = "twotrack.calendar"


class CalendarAddressManager(models.Manager):
    def make(self, user) -> str:
        """Give the user a new address in place of any former one; returns the token, once."""
        token = secrets.token_urlsafe(32)
        digest = next(digests_of(token, purpose=PURPOSE))
        self.update_or_create(user=user, defaults={"digest": digest})
        return token

    def with_token(self, token: str):
        """The address of an active user with this token, or None."""
        return (
            self.select_related("user__wagtail_userprofile")
            .filter(digest__in=list(digests_of(token, purpose=PURPOSE)), user__is_active=True)
            .first()
        )


class CalendarAddress(models.Model):
    """The secret address at which a calendar program reads the plan as its user may see it.

    Only a keyed digest of the token is stored, so a copy of the database opens nothing.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_address"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now=True)

    objects = CalendarAddressManager()

    class Meta:
        verbose_name = "calendar address"
        default_permissions = ()

    def __str__(self):
        return f"The calendar address of {self.user}"
