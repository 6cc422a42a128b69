"""Posts: what the publication is made of."""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.db import models
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.functional import cached_property
from modelcluster.contrib.taggit import ClusterTaggableManager
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from blog.blocks import PostBody, new_post_body
from blog.blocks.editor import CountedText
from blog.blocks.previewing import is_previewing
from blog.models.authors import Author
from blog.models.rendered import RenderedBody
from blog.pictures import teaser_renditions
from blog.visibility import readable


class PostQuerySet(PageQuerySet):
    """Which posts: each method chains."""

    def readable(self):
        """Posts that any visitor may read at this moment: see blog.visibility."""
        return readable(self)

    def newest_first(self):
        return self.order_by("-display_date", "-pk")

    def in_track(self, track):
        return self.filter(track_id=track.pk)

    def tagged(self, tag):
        return self.filter(tagged_items__tag=tag)

    def by_author(self, author):
        return self.filter(post_authors__author=author)

    def in_year(self, year: int):
        """Posts whose display date lies in the year, in the publication's time zone."""
        return self.filter(display_date__year=year)

    def years(self) -> list[int]:
        """The years of the posts, latest first; one query."""
        return list(
            self.order_by()
            .annotate(year=ExtractYear("display_date"))
            .exclude(year=None)
            .values_list("year", flat=True)
            .distinct()
            .order_by("-year")
        )

    def for_cards(self):
        """Posts with all that a row or a card shows, in a fixed number of queries."""
        return (
            self.defer("body", "rendered")
            .select_related("track", "teaser_image")
            .prefetch_related(teaser_renditions())
        )


def to_the_minute(moment: datetime | None) -> str:
    """A moment as precisely as the editor shows it; empty for none."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if moment else ""


def _as_sent(day: date | None) -> str:
    return day.isoformat() if day else ""


class PostForm(WagtailAdminPageForm):
    """The editor's form of a post. What a draft may still lack is asked for on publishing.

    The plan and the day to look again are no part of a version: the calendar and the dashboard
    change them meanwhile. So the form also sends those that it was loaded with.
    """

    loaded_plan = forms.CharField(required=False, widget=forms.HiddenInput)
    loaded_review_by = forms.CharField(required=False, widget=forms.HiddenInput)
    is_refused = False  # What is sent is only looked at.

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["loaded_plan"] = to_the_minute(self.instance.planned_for)
        self.initial["loaded_review_by"] = _as_sent(self.instance.review_by)
        for field in self.fields.values():
            # Browsers cut a pasted text at this length, without a word about it.
            field.widget.attrs.pop("maxlength", None)

    def clean(self):
        cleaned = super().clean()
        picture = cleaned.get("teaser_image")
        has_words = cleaned.get("teaser_alt") or cleaned.get("teaser_is_decorative")
        if (
            picture
            and not picture.description
            and not has_words
            and not self.is_deferred_validation
        ):
            self.add_error(
                "teaser_alt", "Describe the teaser picture, or tick that it is decorative."
            )
        self._check_dates(cleaned)
        return cleaned

    def _check_dates(self, cleaned):
        go_live_at, expire_at = cleaned.get("go_live_at"), cleaned.get("expire_at")
        if go_live_at and go_live_at == expire_at:
            self.add_error("expire_at", "The post would expire at the moment it goes live.")

    def settle_plan(self, now: datetime | None) -> bool:
        """Leave the plan as it is `now` unless this form changes it; False where both did."""
        loaded = self.data.get(self.add_prefix("loaded_plan"))
        sent = self.cleaned_data.get("planned_for")
        was_moved = loaded is not None and loaded != to_the_minute(now)
        if "planned_for" not in self.cleaned_data or (
            was_moved and to_the_minute(sent) in (loaded, to_the_minute(now))
        ):
            self.instance.planned_for = now
            return True
        return not was_moved

    def settle_review_by(self, now: date | None) -> None:
        """Leave the day to look again as it is `now` unless this form names another."""
        loaded = self.data.get(self.add_prefix("loaded_review_by"))
        if loaded is not None and _as_sent(self.cleaned_data.get("review_by")) == loaded:
            self.instance.review_by = now

    def get_field_updates_for_resave(self):
        """The form that stays open has the plan as it is now, also where others have moved it."""
        updates = super().get_field_updates_for_resave()
        if "planned_for" not in self.cleaned_data:
            return updates
        field, now = self.fields["planned_for"], self.instance.planned_for
        shown = field.widget.format_value(field.prepare_value(now)) or ""
        return [*updates, ("planned_for", shown), ("loaded_plan", to_the_minute(now))]

    def save(self, commit=True):
        """What belongs to the post and not to a version of it is stored at once."""
        post = super().save(commit=commit)
        own = {name: getattr(post, name) for name in PostPage.of_no_version}
        changed = {name: own[name] for name in own if name in self.changed_data}
        is_looked_at = self.is_refused or is_previewing()
        if post.pk and changed and not is_looked_at:
            PostPage.objects.filter(pk=post.pk).update(**changed)
        return post


class PostPage(RenderedBody, Page):
    """A post on a track."""

    parent_page_types = ["blog.TrackIndexPage"]
    subpage_types = []
    of_no_version = ["planned_for", "review_by"]
    exclude_fields_in_copy = of_no_version

    excerpt = models.TextField(
        max_length=300,
        help_text="One or two plain sentences for cards, feeds and search engines. "
        "80 to 200 characters. No Markdown.",
    )
    body = StreamField(
        PostBody(),
        default=new_post_body,
        help_text="Write Markdown. Use other blocks only where Markdown is not enough.",
    )

    teaser_image = models.ForeignKey(
        "blog.Image",
        verbose_name="teaser picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown beside the title in lists, cropped to 3:2. At least 1200 × 800. "
        "Set the focal point if something must stay in view.",
    )
    teaser_alt = models.CharField(
        "teaser alt text",
        max_length=255,
        blank=True,
        help_text="What would you say about this picture on the phone? Leave out ‘picture of’.",
    )
    teaser_is_decorative = models.BooleanField(
        "decorative", default=False, help_text="It says nothing that the text does not."
    )
    tags = ClusterTaggableManager(
        through="blog.TaggedPost",
        blank=True,
        help_text="Up to five topics. Choose existing ones where you can.",
    )

    series = models.ForeignKey(
        "blog.Series",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="posts",
        help_text="Only if this post is one of several to be read in order.",
    )
    series_part = models.PositiveSmallIntegerField(
        "part", null=True, blank=True, help_text="Its place in the series, from 1."
    )

    display_date = models.DateTimeField(
        "date shown to readers",
        null=True,
        blank=True,
        help_text="Empty: the moment the post is first published.",
    )
    planned_for = models.DateTimeField(
        "planned date",
        null=True,
        blank=True,
        help_text="When you mean to publish. Only for the calendar: nothing goes out by itself. "
        "To publish at a time, use Schedule.",
    )
    review_by = models.DateField(
        "look again by",
        null=True,
        blank=True,
        help_text="From this day on, the dashboard asks somebody to read the post again and say "
        "whether it still holds. Readers do not see it. Empty: when the post has stood as long as "
        "the rules for publishing say.",
    )
    canonical_address = models.URLField(
        blank=True,
        max_length=500,
        help_text="Only if this text first appeared elsewhere, for example on DEV.",
    )
    track = models.ForeignKey(
        "blog.TrackIndexPage",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The parent page, kept here so that lists need no second look.",
    )

    objects = PageManager.from_queryset(PostQuerySet)()

    preview_modes = [("", "Reader"), ("card", "Row and card"), ("feed", "Feed item")]
    preview_templates = {"card": "blog/preview_card.html", "feed": "blog/preview_feed.html"}

    class Meta:
        verbose_name = "post"
        indexes = [models.Index(fields=["track", "-display_date"], name="posts_of_a_track")]

    content_panels = [
        TitleFieldPanel(
            "title",
            help_text="What will the reader know or be able to do? "
            "Up to 70 characters show in full in search results.",
        ),
        FieldPanel("excerpt", widget=CountedText(least=80, most=200, longest=300)),
        FieldPanel(
            "body",
            help_text="Write Markdown. Paste or drop a picture to upload it. Use other blocks only "
            "where Markdown is not enough.",
        ),
    ]
    card_panels = [
        MultiFieldPanel(["teaser_image", "teaser_alt", "teaser_is_decorative"], heading="Teaser"),
        FieldPanel("tags"),
        FieldRowPanel([FieldPanel("series"), FieldPanel("series_part")]),
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("canonical_address"),
            ],
            heading="Search engines",
        ),
    ]
    detail_panels = [
        InlinePanel("post_authors", heading="Authors", label="author"),
        FieldPanel("planned_for"),
        FieldPanel("display_date"),
        FieldPanel("review_by"),
        *Page.settings_panels,
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading="Write"),
            ObjectList(card_panels, heading="Card and search"),
            ObjectList(detail_panels, heading="Details"),
        ],
        base_form_class=PostForm,
    )

    search_fields = [
        *Page.search_fields,
        index.SearchField("excerpt", boost=4),
        index.SearchField("plain_text"),
        index.RelatedFields("tags", [index.SearchField("name", boost=3)]),
        index.RelatedFields(
            "post_authors",
            [index.RelatedFields("author", [index.SearchField("name", boost=3)])],
        ),
        index.FilterField("track"),
        index.FilterField("display_date"),
    ]

    def clean(self):
        super().clean()
        if self.teaser_image and not self.teaser_alt and not self.teaser_is_decorative:
            self.teaser_alt = self.teaser_image.description

    def with_content_json(self, content):
        """The plan is the post's own, like others: no revision brings back an earlier one."""
        post = super().with_content_json(content)
        for name in self.of_no_version:
            setattr(post, name, getattr(self, name))
        return post

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is None:
            self.track = self.find_track()
            if self.live and self.display_date is None:
                self.display_date = self.first_published_at or timezone.now()
        super().save(*args, update_fields=update_fields, **kwargs)

    @classmethod
    def from_serializable_data(cls, data, *args, **kwargs):
        """A version of the post, without authors who are deleted since: it can still be opened."""
        rows = data.get("post_authors") or []
        there = Author.objects.in_bulk([row["author"] for row in rows])
        kept = [row for row in rows if row["author"] in there]
        return super().from_serializable_data({**data, "post_authors": kept}, *args, **kwargs)

    def find_track(self):
        """The track above this post in the page tree, or None while it hangs nowhere."""
        tracks = self._meta.get_field("track").related_model.objects
        return tracks.filter(path=self.path[: -self.steplen]).first() if self.path else None

    @cached_property
    def author_list(self) -> list:
        """The authors in their order."""
        rows = self.post_authors.all()
        if hasattr(rows, "select_related"):
            rows = rows.select_related("author", "author__photo")
        return [row.author for row in rows]

    @property
    def contact_address(self) -> str:
        """The address of the first author who has one, or empty."""
        return next((author.email for author in self.author_list if author.email), "")

    @property
    def shown_date(self):
        """The moment readers see: the display date, or now for a draft that has none."""
        return self.display_date or self.first_published_at or timezone.now()

    @property
    def updated_at(self):
        """When the post was last changed, if that is more than a day after its date."""
        changed = self.last_published_at
        if changed and changed - self.shown_date > timedelta(days=1):
            return changed
        return None

    @property
    def canonical_url(self) -> str:
        """Where the text lives first: elsewhere, or here."""
        return self.canonical_address or self.full_url

    def keep_reading(self) -> list:
        """Up to two readable posts to go on with: see blog.related."""
        posts = PostPage.objects.readable().for_cards()
        related = list(posts.filter(related_to__post=self.pk).order_by("related_to__rank")[:2])
        if related or self.track is None:
            return related
        return list(posts.in_track(self.track).exclude(pk=self.pk).newest_first()[:2])

    def neighbours(self) -> dict:
        """The readable posts just before and after this one on its track, or None: by `earlier`
        and `later`.
        """
        if self.track is None:
            return {}
        posts = PostPage.objects.readable().in_track(self.track)
        here, pk = self.shown_date, self.pk or 0
        earlier = posts.filter(display_date__lte=here).exclude(display_date=here, pk__gte=pk)
        later = posts.filter(display_date__gte=here).exclude(display_date=here, pk__lte=pk)
        nearest = [
            models.Q(pk=models.Subquery(side.values("pk")[:1]))
            for side in (earlier.newest_first(), later.order_by("display_date", "pk"))
        ]
        found = PostPage.objects.defer("body", "rendered").filter(nearest[0] | nearest[1])
        sides = {
            "earlier" if (post.display_date, post.pk) < (here, pk) else "later": post
            for post in found
        }
        return {"earlier": None, "later": None} | sides

    def parts_of_series(self) -> list:
        """The readable posts of the series, in its order, and this one among them."""
        if self.series_id is None:
            return []
        parts = PostPage.objects.readable().filter(series=self.series_id).exclude(pk=self.pk)
        return sorted(
            [*parts.for_cards(), self], key=lambda post: (post.series_part or 0, post.shown_date)
        )

    def get_preview_template(self, request, mode_name):
        return self.preview_templates.get(mode_name) or super().get_preview_template(
            request, mode_name
        )

    def get_context(self, request, *args, **kwargs):
        if self.track is None:
            self.track = self.find_track()
        context = super().get_context(request, *args, **kwargs)
        context["keep_reading"] = self.keep_reading()
        context["neighbours"] = self.neighbours()
        context["parts"] = self.parts_of_series()
        return context
