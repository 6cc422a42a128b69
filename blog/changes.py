"""What readers see differently when a post changes, and telling the caches to forget it."""

from django.db import transaction
from django.urls import reverse
from wagtail.contrib.frontend_cache.utils import PurgeBatch
from wagtail.models import Page

from blog.models import PostPage, TrackIndexPage


def urls_touched_by(page: Page) -> set[str]:
    """The full addresses whose answers show something of this page.

    For any page: its own, and the sitemap. For a post also its track (every page of it is told
    by its first address, see docs/operating.md), the home page, the feeds, and the pages of its
    tags and authors. Empty for a page outside every site.
    """
    parts = page.get_url_parts()
    if parts is None or parts[1] is None:
        return set()
    root = parts[1]
    paths = {page.get_url_parts()[2], reverse("sitemap")}
    if isinstance(page, PostPage | TrackIndexPage):
        paths |= {"/", reverse("feed")}
    if isinstance(page, TrackIndexPage):
        paths.add(page.feed_url)
    if isinstance(page, PostPage):
        track = page.find_track()
        if track:
            paths |= {track.get_url_parts()[2], track.feed_url}
        paths |= {tag.get_absolute_url() for tag in page.tags.all()}
        paths |= {author.get_absolute_url() for author in page.author_list}
    return {root + path for path in paths}


def announce(page: Page, *, former_urls: set[str] = frozenset()) -> None:
    """Once the change is committed, have the caches forget what it touched.

    `former_urls` are addresses that the page no longer has. They are worked out by the caller
    while they are still known; the rest is worked out now, inside the transaction.
    """
    urls = urls_touched_by(page) | former_urls
    if not urls:
        return
    batch = PurgeBatch(sorted(urls))
    transaction.on_commit(batch.purge)
