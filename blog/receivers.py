"""Wagtail's page events, passed on."""

from django.db.models.signals import post_delete, post_save, pre_save
from django_tasks.base import TaskResultStatus
from django_tasks.signals import task_finished
from modelsearch.tasks import insert_or_update_object_task
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from blog import changes, mailing, related  # noqa: F401 - letters are delivered from here too
from blog.models import Document, PostPage


def connect() -> None:
    """Connect every receiver of this module; called once, when the app is ready."""
    page_published.connect(on_page_published)
    page_unpublished.connect(on_page_unpublished)
    pre_save.connect(on_saving)
    pre_page_move.connect(on_page_moving)
    post_page_move.connect(on_page_moved)
    post_save.connect(on_restriction_saved, sender=PageViewRestriction)
    post_save.connect(on_document_changed, sender=Document)
    post_delete.connect(on_document_changed, sender=Document)
    task_finished.connect(on_task_finished)


def on_page_published(sender, instance, **kwargs):
    """Sent for a published page, and also for one that was only scheduled: that one waits.

    Its pictures do not: they are to be there when its time comes.
    """
    if instance.live:
        changes.announce(instance)
        related.relate_later(instance)
    changes.provide_pictures(instance)


def on_page_unpublished(sender, instance, **kwargs):
    """Sent when a page is unpublished, expires, or is deleted while live."""
    changes.announce(instance)
    related.relate_later(instance)


def on_saving(sender, instance, raw=False, update_fields=None, **kwargs):
    """Sent before anything is saved: a page that gets another slug leaves its address.

    Wagtail's own event of this is sent only after the commit, and not at all if the process is
    killed before. The page knows its new address by now.
    """
    has_slug = isinstance(instance, Page) and (update_fields is None or "slug" in update_fields)
    if raw or not has_slug or instance.pk is None:
        return
    if Page.objects.filter(pk=instance.pk).exclude(slug=instance.slug).exists():
        changes.leave_addresses(instance, instance.url_path)
        if instance.live:
            changes.announce(instance)


def on_page_moving(sender, instance, url_path_after, **kwargs):
    """Sent before a move."""
    changes.leave_addresses(instance, url_path_after)


def on_page_moved(sender, instance, parent_page_before, parent_page_after, **kwargs):
    """Sent after a move: posts learn their new track, both tracks' lists have changed."""
    for post in PostPage.objects.descendant_of(instance, inclusive=True):
        post.track = post.find_track()
        post.save(clean=False, update_fields=["track"])
    before = changes.urls_touched_by(parent_page_before.specific)
    changes.announce(instance.specific, former_urls=before)
    related.relate_later(instance.specific)


def on_restriction_saved(sender, instance, **kwargs):
    """A page was made private, or its restriction changed: shared copies must go."""
    changes.announce(instance.page.specific)


def on_document_changed(sender, instance, **kwargs):
    """A document was saved or deleted: pages may show what is in it, such as a notebook."""
    changes.show_anew(instance)


def on_task_finished(sender, task_result, **kwargs):
    """Sent after a task of Wagtail's: one that failed only writes into the log.

    That of the admin's search boxes is made up for after the commit.
    """
    failed = task_result.status == TaskResultStatus.FAILED
    if failed and task_result.task.func is insert_or_update_object_task.func:
        changes.index_later(*task_result.args)
