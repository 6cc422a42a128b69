"""Wagtail's page events, passed on."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from blog import changes, related
from blog.models import Document, PostPage


def connect() -> None:
    """Connect every receiver of this module; called once, when the app is ready."""
    page_published.connect(on_page_published)
    page_unpublished.connect(on_page_unpublished)
    page_slug_changed.connect(on_page_slug_changed)
    post_page_move.connect(on_page_moved)
    post_save.connect(on_restriction_saved, sender=PageViewRestriction)
    post_save.connect(on_document_changed, sender=Document)
    post_delete.connect(on_document_changed, sender=Document)


def on_page_published(sender, instance, **kwargs):
    """Sent for a published page, and also for one that was only scheduled: that one waits.

    Its pictures do not: they are to be there when its time comes.
    """
    if instance.live:
        changes.announce(instance)
        work_out_related(instance)
    changes.provide_pictures(instance)


def on_page_unpublished(sender, instance, **kwargs):
    """Sent when a page is unpublished, expires, or is deleted while live."""
    changes.announce(instance)
    work_out_related(instance)


def work_out_related(page) -> None:
    """After the commit, so that no list can hold up a publication."""
    if isinstance(page, PostPage):
        pk = page.pk  # A deleted page has none by then.
        transaction.on_commit(lambda: related.relate(pk), robust=True)


def on_page_slug_changed(sender, instance, instance_before, **kwargs):
    """Sent when a live page gets another slug: the old address is to be forgotten too."""
    changes.announce(instance, former_urls=changes.urls_touched_by(instance_before))


def on_page_moved(sender, instance, parent_page_before, parent_page_after, **kwargs):
    """Sent after a move: posts learn their new track, both tracks' lists have changed."""
    for post in PostPage.objects.descendant_of(instance, inclusive=True):
        post.track = post.find_track()
        post.save(update_fields=["track"])
    before = changes.urls_touched_by(parent_page_before.specific)
    changes.announce(instance.specific, former_urls=before | former_address(kwargs))
    work_out_related(instance.specific)


def former_address(move: dict) -> set[str]:
    """The full address a moved page had, from the event's `url_path_before`."""
    page = Page(url_path=move["url_path_before"])
    parts = page.get_url_parts()
    return {parts[1] + parts[2]} if parts and parts[1] else set()


def on_restriction_saved(sender, instance, **kwargs):
    """A page was made private, or its restriction changed: shared copies must go."""
    changes.announce(instance.page.specific)


def on_document_changed(sender, instance, **kwargs):
    """A document was saved or deleted: pages may show what is in it, such as a notebook."""
    changes.show_anew(instance)
