"""Tracks: the publication's sections, one for each kind of reader."""

import re

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from blog.models.posts import PostPage
from blog.models.tags import Tag

POSTS_A_PAGE = 20


class Accent(models.TextChoices):
    """The palette: each colour is checked for contrast on light and dark pages."""

    BLUE = "blue", "Blue"
    RUST = "rust", "Rust"
    GREEN = "green", "Green"
    PLUM = "plum", "Plum"
    TEAL = "teal", "Teal"
    OCHRE = "ochre", "Ochre"


class TrackIcon(models.TextChoices):
    """The mark beside a track's name, so that colour never says it alone."""

    CODE = "code", "Code brackets"
    SPEECH = "speech", "Speech bubble"
    BOOK = "book", "Book"
    FLASK = "flask", "Flask"
    CHART = "chart", "Chart"
    STAR = "star", "Star"


def page_of(posts, number) -> ResultPage:
    """The asked-for page of a list; anything that is no page number gives the nearest one."""
    return Paginator(posts, POSTS_A_PAGE).get_page(number)


def year_in(words: str) -> int | None:
    """The year that the words give, from 1 to 9999, or None when they give none."""
    return int(words) if re.fullmatch(r"[0-9]{1,4}", words) and int(words) else None


class TrackIndexPage(Page):
    """A track: its promise, its look, and its posts, newest first."""

    parent_page_types = ["home.HomePage"]
    subpage_types = ["blog.PostPage"]
    show_in_menus_default = True

    label = models.CharField(
        "short label",
        max_length=40,
        help_text="One or two words for narrow places, for example Engineers.",
    )
    promise = models.CharField(
        max_length=200, help_text="One sentence: what a reader of this track can count on."
    )
    accent = models.CharField(
        "accent colour", max_length=10, choices=Accent.choices, default=Accent.BLUE
    )
    icon = models.CharField(max_length=10, choices=TrackIcon.choices, default=TrackIcon.BOOK)

    goal_posts = models.PositiveSmallIntegerField(
        "posts", default=1, help_text="How many posts you mean to publish; 0 for no goal."
    )
    goal_days = models.PositiveSmallIntegerField(
        "in so many days",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text="Two posts in 30 days is about two a month.",
    )

    content_panels = [
        *Page.content_panels,
        "label",
        "promise",
        MultiFieldPanel([FieldPanel("accent"), FieldPanel("icon")], heading="Look"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("goal_posts"), FieldPanel("goal_days")])], heading="Goal"
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("promise", boost=4)]

    class Meta:
        verbose_name = "track"

    @property
    def feed_url(self) -> str:
        """The address of this track's feed, relative to the site."""
        return reverse("track_feed", args=[self.slug])

    def readable_posts(self):
        """The track's posts that any visitor may read, newest first."""
        return PostPage.objects.readable().in_track(self).newest_first()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        posts = self.readable_posts()
        context["topics"] = Tag.objects.counted_in(posts)
        context["years"] = posts.years()
        context["tag"] = Tag.objects.with_slug(request.GET.get("tag", ""))
        context["year"] = year_in(request.GET.get("year", ""))
        if context["tag"]:
            posts = posts.tagged(context["tag"])
        if context["year"]:
            posts = posts.in_year(context["year"])
        context["posts"] = page_of(posts.for_cards(), request.GET.get("page"))
        return context
