"""RSS 2.0 feeds with full content: of the publication and of each track."""

import re

from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Rss201rev2Feed
from wagtail.models import Site

from blog.models import PostPage, TrackIndexPage
from blog.visibility import readable

POSTS_IN_A_FEED = 50
# XML 1.0 has no place for these characters (section 2.2), escaped or not.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Regular enough for a pattern, as these are made by our own templates and never by authors.
FOR_OUR_SHEETS = re.compile(
    r'<a class="anchor"[^>]*>#</a>'
    r'|<(a|picture|span)\b[^>]*\bclass="[^"]*\bonly-dark\b[^>]*>.*?</\1>'
    r'|<img\b[^>]*\bclass="[^"]*\bonly-dark\b[^>]*>'
    r'|<source\b[^>]*\bmedia="\(scripting: none\)[^>]*>',
    re.S,
)
TAG = re.compile(r"<[a-z][^<>]*>")
RELATIVE_ADDRESS = re.compile(r'((?:href|src)=")(/(?!/))')
RELATIVE_SOURCES = re.compile(r'(srcset=")([^"]*)(")')


def absolute_addresses(html: str, root: str) -> str:
    """The HTML with addresses of this site made absolute, so that it reads well elsewhere.

    `root` is the scheme and host, without a slash at its end.
    """

    def in_tag(tag: re.Match) -> str:
        changed = RELATIVE_ADDRESS.sub(rf"\g<1>{root}\g<2>", tag[0])
        return RELATIVE_SOURCES.sub(
            lambda found: (
                found[1] + re.sub(r"(^|,\s*)(/(?!/))", rf"\g<1>{root}\g<2>", found[2]) + '"'
            ),
            changed,
        )

    return TAG.sub(in_tag, html)


def for_any_reader(html: str) -> str:
    """The HTML without what only our own style sheets make sense of.

    Of a picture with a variant for dark pages only the light one stays, and headings lose the
    links to themselves.
    """
    return FOR_OUR_SHEETS.sub("", html)


class FullContentFeed(Rss201rev2Feed):
    """RSS 2.0 with `content:encoded` (RSS content module) and `dc:creator` (Dublin Core)."""

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])


class PostFeed(Feed):
    """The newest readable posts of the whole publication."""

    feed_type = FullContentFeed

    @classmethod
    def as_view(cls):
        """A view with an instance for each request, which may so keep the request's site."""
        return lambda request, **words: cls()(request, **words)

    def get_object(self, request, **words):
        self.site = Site.find_for_request(request)
        self.root = self.site.root_url
        return self.site.root_page.specific

    def title(self, page):
        return in_xml(self.site.site_name)

    def link(self, page):
        return page.full_url

    def description(self, page):
        return in_xml(page.search_description or f"New posts of {self.site.site_name}.")

    def feed_url(self, page):
        return None

    def posts(self, page):
        return PostPage.objects.readable().descendant_of(page)

    def items(self, page):
        return (
            self.posts(page)
            .newest_first()
            .select_related("track")
            .prefetch_related("post_authors__author", "tagged_items__tag")[:POSTS_IN_A_FEED]
        )

    def item_title(self, post):
        return in_xml(post.title)

    def item_description(self, post):
        return in_xml(post.excerpt)

    def item_link(self, post):
        return post.full_url

    def item_guid(self, post):
        return f"{self.root}/#post-{post.translation_key}"

    item_guid_is_permalink = False

    def item_pubdate(self, post):
        return post.shown_date

    def item_updateddate(self, post):
        return post.last_published_at

    def item_categories(self, post):
        names = [tagged.tag.name for tagged in post.tagged_items.all()]
        return [in_xml(name) for name in [post.track.title, *names]]

    def item_extra_kwargs(self, post):
        return {
            "authors": [in_xml(row.author.name) for row in post.post_authors.all()],
            "content": in_xml(absolute_addresses(for_any_reader(post.body_html), self.root)),
        }


class TrackFeed(PostFeed):
    """The newest readable posts of one track."""

    def get_object(self, request, slug):
        root = super().get_object(request)
        return get_object_or_404(
            readable(TrackIndexPage.objects.descendant_of(root)).order_by("path"), slug=slug
        )

    def title(self, track):
        return in_xml(f"{track.title} · {self.site.site_name}")

    def description(self, track):
        return in_xml(track.promise)

    def posts(self, track):
        return PostPage.objects.readable().in_track(track)


def in_xml(text: str) -> str:
    """The text without the characters that XML cannot carry."""
    return NOT_XML.sub("", str(text))
