"""Wagtail's page events, and the changes of tags and authors, passed on to the index."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_delete, post_migrate, post_save, pre_delete
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from blog.models import Author, Tag
from search import curation, index
from search.engines import engine
from search.models import SearchDocument


def connect() -> None:
    """Connect every receiver of this module; called once, when the app is ready."""
    page_published.connect(on_page_published)
    page_unpublished.connect(on_page_unpublished)
    post_save.connect(on_page_saved)
    post_delete.connect(on_document_deleted, sender=SearchDocument)
    post_save.connect(on_tag_saved, sender=Tag)
    pre_delete.connect(on_tag_deleting, sender=Tag)
    post_save.connect(on_author_saved, sender=Author)
    post_migrate.connect(on_migrated)


def on_page_published(sender, instance, **kwargs):
    """Sent for a published page, and also for one that was only scheduled: that one waits."""
    if instance.live:
        index.index_page(instance)


def on_page_unpublished(sender, instance, **kwargs):
    """Sent when a page is unpublished, expires, or is deleted while live."""
    index.remove_page(instance.pk)


def on_page_saved(sender, instance, created=False, raw=False, **kwargs):
    """Sent after anything is saved: a page that is made live, such as an alias, has no other event.

    What belongs to it, such as its tags, is saved after it.
    """
    if created and not raw and isinstance(instance, Page) and instance.live:
        index.index_later([instance.pk], what=str(instance))


def on_document_deleted(sender, instance, **kwargs):
    """Sent when a page is deleted, whose row goes with it: the words follow."""
    engine().remove([instance.pk])


def on_tag_saved(sender, instance, created, **kwargs):
    """Sent when a tag is made, which no post has yet, or renamed."""
    if not created:
        reindex_unless_named(instance, instance.tagged_posts.values("content_object"))


def on_author_saved(sender, instance, created, **kwargs):
    """Sent when an author is made, which no post has yet, or changed in any way."""
    if not created:
        reindex_unless_named(instance, instance.authored.values("post"))


def on_tag_deleting(sender, instance, **kwargs):
    """Sent before a tag is deleted, while it is known who carries it. A post that drops a tag is
    published anyway.
    """
    posts = SearchDocument.objects.filter(page__in=instance.tagged_posts.values("content_object"))
    index.index_later(posts.values_list("pk", flat=True), what=str(instance))


def reindex_unless_named(named: Tag | Author, posts) -> None:
    """Index the posts anew in whose document the name is not found as it is."""
    documents = SearchDocument.objects.filter(page__in=posts).values_list("pk", "names")
    outdated = [pk for pk, names in documents if named.name not in names.split("\n")]
    index.index_later(outdated, what=str(named))


def on_migrated(sender, **kwargs):
    """Sent after migrations: pages that they made, and a new edition of words, are indexed."""
    if sender.name == "search" and not has_unapplied_migrations():
        index.bring_up_to_date()
        curation.fold_anew()


def has_unapplied_migrations() -> bool:
    """Whether the migration just done stopped short, so that models and tables differ."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
