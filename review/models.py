"""Review links, what they show, who has read it, and what was said."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from wagtail.models import AbstractGroupApprovalTask, Page


class Ending(models.TextChoices):
    """Why a link, or one page of it, is over."""

    REVOKED = "revoked", "revoked"
    EXPIRED = "expired", "its time is over"
    PUBLISHED = "published", "published"
    DELETED = "deleted", "deleted"
    RESTRICTED = "restricted", "made private"
    MOVED = "moved", "moved"
    CREATOR = "creator", "whoever shared it has no account any more"
    RIGHTS = "rights", "whoever shared it may not any more"
    DAMAGED = "damaged", "the kept copy is damaged"


def make_public_id() -> str:
    return secrets.token_urlsafe(16)


class ReviewLinkQuerySet(models.QuerySet):
    """Which links: each method chains."""

    def open_at(self, now):
        """Not revoked, not ended, not expired. Rights are looked at when a link is opened."""
        return self.filter(revoked_at=None, ended_at=None, expires_at__gt=now)

    def of_page(self, page):
        return self.filter(linked_pages__page=page.pk).distinct()


class ReviewLink(models.Model):
    """An address that shows one draft, or those of a release, to somebody without an account.

    The secret part of the address is stored nowhere, only its keyed digest; `public_id` names the
    link in addresses that are no secret and open nothing by themselves.
    """

    public_id = models.CharField(max_length=22, unique=True, default=make_public_id, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    shown_prefix = models.CharField(
        max_length=4, editable=False, help_text="The first characters, to tell links apart."
    )
    label = models.CharField("for whom", max_length=120)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    follows_latest = models.BooleanField("follows the latest draft", default=False)
    may_comment = models.BooleanField(default=True)
    allows_restricted = models.BooleanField("shows private pages", default=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    release = models.ForeignKey(
        "blog.Release", null=True, on_delete=models.SET_NULL, related_name="review_links"
    )
    opens = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(ReviewLinkQuerySet)()

    class Meta:
        verbose_name = "review link"
        default_permissions = ()
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"for {self.label}"


class SharedVersion(models.Model):
    """A frozen copy of one version of a page, with its hash: see review.sharing.

    It refers to page and revision by number only, so that neither autosaving, publishing nor
    purging reaches it.
    """

    page_number = models.BigIntegerField()
    revision_number = models.BigIntegerField(null=True)
    content = models.TextField(help_text="JSON, in one form only.")
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField(help_text="When the version was written.")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = "shared version"
        default_permissions = ()
        indexes = [models.Index(fields=["page_number", "sha256"], name="versions_of_a_page")]

    def __str__(self):
        return f"page {self.page_number} as of {self.as_of}"


class LinkedPage(models.Model):
    """A page in a link: the version that the link shows, or has shown last."""

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="linked_pages")
    page = models.ForeignKey(Page, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=255, help_text="When it was shared.")
    place = models.PositiveSmallIntegerField(default=1)
    version = models.ForeignKey(SharedVersion, on_delete=models.PROTECT, related_name="+")
    live_revision = models.BigIntegerField(
        null=True, help_text="The number of what readers saw when the page was shared."
    )
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    class Meta:
        verbose_name = "page of a review link"
        default_permissions = ()
        ordering = ["link", "place"]
        constraints = [
            models.UniqueConstraint(fields=["link", "place"], name="one_page_at_a_place"),
            models.UniqueConstraint(fields=["link", "page"], name="once_in_a_link"),
        ]

    def __str__(self):
        return self.title


class ReviewSession(models.Model):
    """An opened link in one browser. Only a keyed digest of what the cookie says is stored."""

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="sessions")
    session_hash = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    renewed_at = models.DateTimeField(help_text="When the link itself was last followed.")
    opened_at = models.DateTimeField(null=True, help_text="When a page was first read.")
    last_seen = models.DateTimeField()
    client = models.CharField(
        max_length=60, blank=True, help_text="A keyed digest of the network, the kind of browser."
    )

    class Meta:
        verbose_name = "review session"
        default_permissions = ()

    def __str__(self):
        return self.name or f"session {self.pk}"


class SeenVersion(models.Model):
    """That a session was shown a version of a page, first at this moment."""

    session = models.ForeignKey(ReviewSession, on_delete=models.CASCADE, related_name="seen")
    linked_page = models.ForeignKey(LinkedPage, on_delete=models.CASCADE, related_name="seen")
    version = models.ForeignKey(SharedVersion, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "seen version"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session", "linked_page", "version"], name="first_time_only"
            )
        ]

    def __str__(self):
        return f"{self.version} in {self.session}"


class Remark(models.Model):
    """What a reviewer says about a version, or what an editor answers: plain text.

    It belongs to a block by its id and, with `quote`, to a passage of it. An answer has a
    `parent` and no place of its own. `by` is an editor, `session` a reviewer.
    """

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="remarks")
    linked_page = models.ForeignKey(LinkedPage, on_delete=models.CASCADE, related_name="remarks")
    version = models.ForeignKey(SharedVersion, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        ReviewSession, null=True, on_delete=models.SET_NULL, related_name="remarks"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answers")
    block_id = models.CharField(max_length=64, blank=True)
    quote = models.CharField(max_length=500, blank=True)
    quote_prefix = models.CharField(max_length=64, blank=True)
    quote_suffix = models.CharField(max_length=64, blank=True)
    text = models.TextField(max_length=5000)
    name = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["linked_page", "made_at"], name="remarks_on_a_page"),
            models.Index(
                fields=["linked_page"],
                condition=Q(resolved_at=None, parent=None),
                name="open_remarks_on_a_page",
            ),
        ]

    def __str__(self):
        return self.text[:60]


class Approval(models.Model):
    """That a reviewer found a version good, at this moment."""

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="approvals")
    linked_page = models.ForeignKey(LinkedPage, on_delete=models.CASCADE, related_name="approvals")
    version = models.ForeignKey(SharedVersion, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        ReviewSession, null=True, on_delete=models.SET_NULL, related_name="approvals"
    )
    name = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "linked_page", "version"], name="approved_once"
            )
        ]

    def __str__(self):
        return f"{self.name}: {self.version}"


class Notice(models.Model):
    """That an editor is to be told of a remark or an approval: written together with it.

    Several are told by one letter, so `told_at` is empty until the next one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    remark = models.ForeignKey(Remark, null=True, on_delete=models.CASCADE, related_name="+")
    approval = models.ForeignKey(Approval, null=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "remark"], name="told_of_a_remark_once"),
            models.UniqueConstraint(fields=["user", "approval"], name="told_of_an_approval_once"),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(told_at=None), name="notices_to_tell"),
        ]

    def __str__(self):
        return f"{self.user}: {self.remark or self.approval}"


class ApprovalTask(AbstractGroupApprovalTask):
    """A step of a workflow that is done once enough reviewers have found the draft good.

    The groups may approve it by hand, or ask for changes, as in any other step. Whoever may edit
    the page may do so meanwhile: what reviewers say is there to be acted upon.
    """

    needed = models.PositiveSmallIntegerField(
        "approvals needed",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="How many review links must have an approval of the newest draft. "
        "Make one link for each reviewer. Only links count that were made by somebody who may "
        "publish the page, or is in one of the groups of this task.",
    )

    admin_form_fields = ["name", "needed", "groups"]

    class Meta:
        verbose_name = "Approval by reviewers"
        verbose_name_plural = "Approvals by reviewers"

    def locked_for_user(self, obj, user):
        return False

    @classmethod
    def get_description(cls):
        return "Done once enough reviewers have pressed “Looks good” by their review links"
