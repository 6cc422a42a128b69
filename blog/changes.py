"""What readers see differently when a post changes, and telling the caches to forget it."""

from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from wagtail.contrib.frontend_cache.utils import PurgeBatch
from wagtail.models import Page, ReferenceIndex, get_page_models

from blog import rendering
from blog.models import Document, PostPage, RenderedBody, TrackIndexPage
from blog.renditions import make_renditions

PATIENCE = 10  # seconds that an editor waits for pictures after publishing


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


def provide_pictures(page: Page) -> None:
    """Once the change is committed, make what is missing of the page's pictures.

    The caches forget the page again then, for somebody may have read it meanwhile.
    """
    urls = sorted(urls_touched_by(page))
    transaction.on_commit(partial(_make_and_purge, page, urls), robust=True)


def _make_and_purge(page: Page, urls: list[str]) -> None:
    if make_renditions(page, most_seconds=PATIENCE) and page.live:
        batch = PurgeBatch(urls)
        batch.purge()


def show_anew(document: Document) -> None:
    """Once the change is committed, pages that show what is in the document show it as it is."""
    pages = ContentType.objects.get_for_model(Page)
    found = ReferenceIndex.get_references_to(document).filter(base_content_type=pages)
    numbers = {int(number) for number in found.values_list("object_id", flat=True)}
    if numbers:
        transaction.on_commit(partial(_render_anew, numbers), robust=True)


def render_out_of_date() -> int:
    """Store anew what an earlier release has rendered; returns the number of pages.

    Until then such a page is rendered at every reading, so nothing is wrong meanwhile, only slow.
    """
    models = [model for model in get_page_models() if issubclass(model, RenderedBody)]
    numbers = [
        pk for model in models for pk in model.all_out_of_date().values_list("pk", flat=True)
    ]
    for number in numbers:
        _render_anew({number}, is_forced=True)
    return len(numbers)


def _render_anew(numbers: set[int], *, is_forced: bool = False) -> None:
    for page in Page.objects.filter(pk__in=numbers).specific():
        if isinstance(page, RenderedBody) and (is_forced or page.is_out_of_step):
            page.forget_rendered()
            page.render_body()
            with transaction.atomic():
                _store_rendered(page)


def _store_rendered(page: RenderedBody) -> None:
    """Store what was rendered, and nothing else, if the stored body is still what it belongs to.

    Rendering takes a while; somebody may have published meanwhile, and that was rendered then.
    """
    stored = type(page).objects.select_for_update(of=("self",)).filter(pk=page.pk).first()
    if stored is None or rendering.key_of(stored.body) != page.rendered["key"]:
        return
    stored.rendered, stored.reading_minutes = page.rendered, page.reading_minutes
    stored.save(clean=False, update_fields=["rendered", "reading_minutes"])
    if stored.live:
        announce(stored)
