"""What is looked for before a post is published: how strictly, and what was found."""

from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

FAILURES_OF_A_BROKEN_LINK = 3  # On as many days.
LONGEST_ADDRESS = 1_000  # Characters of an address that is looked at.


class Strictness(models.TextChoices):
    """What a finding of a check does to publishing."""

    STOP = "stop", "Stops publishing"
    REASON = "reason", "Stops publishing, unless a reason is given"
    WARN = "warn", "Warns"
    NOTE = "note", "Is mentioned"
    OFF = "off", "Is not looked for"


def rule(default: Strictness, label: str, help_text: str) -> models.CharField:
    """How strict one check is; the field's name is the check's code."""
    return models.CharField(
        label, max_length=6, choices=Strictness.choices, default=default, help_text=help_text
    )


@register_setting(icon="circle-check", order=2)
class PublishingRules(BaseSiteSetting):
    """How strict each check before publishing is, for one site. A draft is never checked."""

    alt_text = rule(
        Strictness.STOP,
        "pictures without alt text",
        "A picture that has no alt text and is not marked as decorative.",
    )
    internal_links = rule(
        Strictness.STOP,
        "links to what readers cannot open",
        "A link to a missing page or document, a draft or a private page.",
    )
    excerpt = rule(Strictness.STOP, "excerpt", "It is empty or longer than 300 characters.")
    unresolved = rule(
        Strictness.STOP,
        "what cannot be shown as meant",
        "An undefined reference or citation, or a formula that cannot be set.",
    )
    leftovers = rule(
        Strictness.REASON,
        "leftovers of an import",
        "Such as {% … %}, {{ … }}, {: .notice}, ::: or garbled characters, outside code.",
    )
    title = rule(Strictness.WARN, "title", "Longer than 110 characters. From 70 on it is noted.")
    teaser = rule(Strictness.WARN, "teaser", "There is no teaser picture.")
    teaser_size = rule(
        Strictness.WARN, "teaser size", "The teaser is smaller than 1200 × 800 pixels."
    )
    tags = rule(Strictness.WARN, "tags", "There are none, or more than five.")
    headings = rule(
        Strictness.WARN,
        "headings",
        "One is empty or repeated, a level is skipped, or several are of the first level.",
    )
    empty_links = rule(
        Strictness.WARN, "empty links", "A link without words or without an address."
    )
    external_links = rule(
        Strictness.WARN,
        "broken links to other sites",
        "A page elsewhere did not answer on three days.",
    )
    code_language = rule(Strictness.NOTE, "code without a language", "A fence that names none.")
    long_lines = rule(
        Strictness.NOTE, "long lines of code", "Code with a line over 100 characters."
    )
    plain_code = rule(
        Strictness.NOTE, "code for everyone", "Code in a post of the track for everyone."
    )
    readability = rule(
        Strictness.NOTE,
        "hard sentences",
        "Long sentences and words in a post of the track for everyone: over grade 12.",
    )
    length = rule(Strictness.NOTE, "length", "The post takes more than half an hour to read.")
    look_again_days = models.PositiveSmallIntegerField(
        "look at posts again after",
        default=365,
        help_text="Days. The dashboard lists a post that was last published longer ago, unless the "
        "post has a date of its own for that. 0: only posts with a date of their own.",
    )
    plain_track = models.ForeignKey(
        "blog.TrackIndexPage",
        verbose_name="track for everyone",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The track written without technical terms. "
        "Empty: the one whose address ends in /everyone/.",
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel(name) for name in ("alt_text", "internal_links", "excerpt", "unresolved")]
            + [FieldPanel("leftovers")],
            heading="What readers would stumble over",
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("title", "teaser", "teaser_size", "tags")],
            heading="How the post is found",
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("headings", "empty_links", "external_links", "length")],
            heading="Text",
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("code_language", "long_lines")], heading="Code"
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("plain_track", "plain_code", "readability")],
            heading="For everyone",
        ),
        MultiFieldPanel([FieldPanel("look_again_days")], heading="Old posts"),
    ]

    class Meta:
        verbose_name = "rules for publishing"

    def strictness_of(self, code: str) -> Strictness:
        """How strict the check is. One that no rule is about stops, and nobody can turn it off."""
        return Strictness(getattr(self, code, Strictness.STOP))


class CheckedPost(models.Model):
    """What the checks last found in a post as it is published, for lists and counts."""

    post = models.OneToOneField(
        "blog.PostPage", primary_key=True, on_delete=models.CASCADE, related_name="checked"
    )
    revision = models.IntegerField("published revision", null=True)
    stops = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    notes = models.PositiveIntegerField(default=0)
    without_alt = models.PositiveIntegerField("pictures without alt text", default=0)
    broken_links = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self):
        return f"{self.post_id}: {self.stops} stops, {self.warnings} warnings"


class ExternalLink(models.Model):
    """An address elsewhere that posts link to, and whether it answers."""

    url = models.CharField("address", max_length=LONGEST_ADDRESS, unique=True)
    status = models.PositiveSmallIntegerField(
        null=True, help_text="The last answer's HTTP status. Empty: no answer yet."
    )
    problem = models.CharField(max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Days on which it failed.")
    checked_at = models.DateTimeField(null=True, db_index=True)
    failed_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(
        default=timezone.now, help_text="When it was last found in a post."
    )

    class Meta:
        verbose_name = "external link"

    def __str__(self):
        return self.url

    @property
    def is_broken(self) -> bool:
        return self.failures >= FAILURES_OF_A_BROKEN_LINK
