"""What readers see differently when a post changes, and telling the caches to forget it."""

import hashlib
from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from modelsearch.index import insert_or_update_object
from wagtail.contrib.frontend_cache.tasks import purge_urls_from_cache_task
from wagtail.models import Page, ReferenceIndex, get_page_models

from blog import addresses, outbox, rendering
from blog.models import Document, OutboxEntry, PostPage, RenderedBody, TrackIndexPage
from blog.renditions import make_renditions


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
    paths = {parts[2], reverse("sitemap")}
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
    forget(urls_touched_by(page) | former_urls, what=str(page))


def forget(urls: Iterable[str], *, what: str) -> None:
    """Once the change is committed, have the caches forget these addresses, if there is a cache."""
    urls = sorted(urls)
    if urls and settings.WAGTAILFRONTENDCACHE:
        key = hashlib.sha256("\n".join(urls).encode()).hexdigest()
        outbox.put("purge", {"urls": urls}, key=key, what=what)


@outbox.deliverer("purge")
def purge(entry: OutboxEntry) -> None:
    """Tell the caches. Called as a function, for a task queue would keep failures to itself."""
    purge_urls_from_cache_task.call(entry.payload["urls"])


def provide_pictures(page: Page) -> None:
    """Once the change is committed, make what is missing of the page's pictures.

    The caches forget the page again then, for somebody may have read it meanwhile.
    """
    outbox.put("renditions", {"page": page.pk}, key=str(page.pk), what=str(page))


@outbox.deliverer("renditions", within=600)
def deliver_pictures(entry: OutboxEntry) -> None:
    """Make the pictures of the page. An earlier try may have made some and told nobody."""
    page = Page.objects.filter(pk=entry.payload["page"]).specific().first()
    if page is None:
        return
    if (make_renditions(page) or entry.tries > 1) and page.live:
        announce(page)


def leave_addresses(page: Page, url_path: str) -> None:
    """The page is about to get `url_path`, and those below it theirs: lead readers on.

    The redirects are written now, in the transaction of the change; once it is committed the
    caches forget what they have under the former addresses.
    """
    left = addresses.left_by(page, url_path)
    if left:
        addresses.lead_on(left)
        stored = Page.objects.get(pk=page.pk).specific
        announce(stored, former_urls={one.url for one in left})


def index_later(app_label: str, model_name: str, pk: str) -> None:
    """Once the change is committed, enter an object into the index of the admin's search boxes."""
    key = f"{app_label}.{model_name}:{pk}"
    outbox.put("index", {"object": [app_label, model_name, pk]}, key=key, what=key)


@outbox.deliverer("index")
def deliver_to_index(entry: OutboxEntry) -> None:
    """Enter it, if it is still there."""
    app_label, model_name, pk = entry.payload["object"]
    found = apps.get_model(app_label, model_name).objects.filter(pk=pk).first()
    if found is not None:
        insert_or_update_object(found)


def show_anew(document: Document) -> None:
    """Once the change is committed, pages that show what is in the document show it as it is."""
    pages = ContentType.objects.get_for_model(Page)
    found = ReferenceIndex.get_references_to(document).filter(base_content_type=pages)
    numbers = sorted({int(number) for number in found.values_list("object_id", flat=True)})
    if numbers:
        outbox.put("bodies", {"pages": numbers}, key=str(document.pk), what=str(document))


@outbox.deliverer("bodies", within=600)
def deliver_bodies(entry: OutboxEntry) -> None:
    """Render the pages that show the document."""
    _render_anew(entry.payload["pages"])


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


def _render_anew(numbers: Iterable[int], *, is_forced: bool = False) -> None:
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
