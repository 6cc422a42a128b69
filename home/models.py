"""The home page, standard pages, and what an editor sets for the whole publication."""

from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, Site
from wagtail.search import index

from blog.blocks import StandardBody
from blog.models import PostPage, RenderedBody, TrackIndexPage
from blog.visibility import readable

LATEST_POSTS = 6
POSTS_A_TRACK = 3


class HomePage(Page):
    """The front door: the tracks side by side, and the latest posts of all of them."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["blog.TrackIndexPage", "home.StandardPage"]
    max_count_per_parent = 1

    closing_heading = models.CharField(
        max_length=120,
        blank=True,
        default="Learn, build, share",
        help_text="The heading of the strip at the end of the home page. Empty: no strip.",
    )
    closing_text = models.TextField(
        max_length=600,
        blank=True,
        default="Two tracks for two kinds of readers. Pick the one that speaks to you, "
        "and step over to the other when you want more, or less.",
        help_text="A few sentences under that heading.",
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(["closing_heading", "closing_text"], heading="Closing words"),
    ]

    class Meta:
        verbose_name = "home page"

    def tracks(self) -> list[dict]:
        """For each readable track: `track`, its newest `posts`, and the `count` of all."""
        tracks = readable(TrackIndexPage.objects.child_of(self)).order_by("path")
        found = []
        for track in tracks:
            posts = track.readable_posts()
            found.append(
                {
                    "track": track,
                    "posts": posts.for_cards()[:POSTS_A_TRACK],
                    "count": posts.count(),
                }
            )
        return found

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["tracks"] = self.tracks()
        posts = PostPage.objects.readable().descendant_of(self)
        context["latest"] = posts.newest_first().for_cards()[:LATEST_POSTS]
        return context


class StandardPage(RenderedBody, Page):
    """A page beside the tracks: about, contact, and the like."""

    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    show_in_menus_default = True

    intro = models.TextField(
        max_length=400, blank=True, help_text="One or two plain sentences under the title."
    )
    body = StreamField(StandardBody(), blank=True)

    content_panels = [*Page.content_panels, "intro", "body"]
    search_fields = [
        *Page.search_fields,
        index.SearchField("intro", boost=4),
        index.SearchField("plain_text"),
    ]

    class Meta:
        verbose_name = "standard page"


@register_setting(icon="site", order=1)
class SiteSettings(ClusterableModel, BaseSiteSetting):
    """The publication's name, words and addresses, for one site."""

    name = models.CharField(
        "publication name",
        max_length=120,
        default="Twotrack",
        help_text="Shown at the top of every page, in feeds, and in the admin.",
    )
    promise = models.CharField(
        max_length=200,
        blank=True,
        help_text="One sentence under the name on the home page: what readers find here.",
    )
    logo = models.ForeignKey(
        "blog.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown beside the name. Square pictures work best.",
    )
    contact_address = models.EmailField(
        blank=True, help_text="Shown where an author has no address of their own."
    )
    contact_line = models.CharField(
        max_length=200,
        blank=True,
        default="Thoughts or pushback?",
        help_text="The question before “Email the author” at the end of a post. Empty: none.",
    )
    footer_words = models.CharField(
        max_length=300, blank=True, help_text="A line at the foot of every page."
    )

    panels = [
        MultiFieldPanel(["name", "promise", "logo"], heading="Masthead"),
        MultiFieldPanel(["contact_address", "contact_line"], heading="Contact"),
        FieldPanel("footer_words"),
        InlinePanel("social_links", heading="Links elsewhere", label="link"),
    ]

    class Meta:
        verbose_name = "publication"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        # Wagtail and the feeds name the site by this field; there is one place to edit it.
        Site.objects.filter(pk=self.site_id).update(site_name=self.name)
        Site.clear_site_root_paths_cache()


class SocialLink(Orderable):
    """A place elsewhere where the publication can be followed."""

    settings = ParentalKey(SiteSettings, on_delete=models.CASCADE, related_name="social_links")
    label = models.CharField(max_length=60)
    url = models.URLField("address")

    panels = [FieldPanel("label"), FieldPanel("url")]

    def __str__(self):
        return self.label
