"""Wagtail's page events, passed on to the links that they end.

A link looks for itself at every opening; these make an ending last, when what has caused it is
undone later.
"""

from django.db.models.signals import post_save, pre_delete
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, post_page_move

from review import links
from review.models import Ending, LinkedPage


def connect() -> None:
    """Connect every receiver of this module; called once, when the app is ready."""
    page_published.connect(on_page_published)
    post_page_move.connect(on_page_moved)
    post_save.connect(on_restriction_saved, sender=PageViewRestriction)
    pre_delete.connect(on_page_deleting)


def on_page_published(sender, instance, **kwargs):
    """Sent for a published page, and also for one that was only scheduled: that one waits."""
    if instance.live:
        links.end_pages(LinkedPage.objects.filter(page=instance.pk), Ending.PUBLISHED)


def on_page_moved(sender, instance, url_path_before, url_path_after, **kwargs):
    """Sent after a move: under another parent other people may read and edit a page."""
    if url_path_before != url_path_after:
        below = Page.objects.descendant_of(instance, inclusive=True)
        links.end_pages(LinkedPage.objects.filter(page__in=below), Ending.MOVED)


def on_restriction_saved(sender, instance, **kwargs):
    """A page was made private, or for others than before."""
    below = Page.objects.descendant_of(instance.page, inclusive=True)
    links.end_pages(LinkedPage.objects.filter(page__in=below), Ending.RESTRICTED)


def on_page_deleting(sender, instance, **kwargs):
    """Sent before anything is deleted; pages below another are deleted one by one as well."""
    if isinstance(instance, Page):
        links.end_pages(LinkedPage.objects.filter(page=instance.pk), Ending.DELETED)
