"""Indexing while others publish, unpublish and delete, over connections of their own.

Each function is done in a process and on a database of its own, see tests.own_database.
"""

import threading
from collections.abc import Callable
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections, transaction

from blog.models import PostPage, TrackIndexPage
from search import index
from search.models import SearchDocument
from search.query import search
from tests.factories import make_post

SOON = 2  # Seconds in which somebody does what they do, unless they wait for another.
# Until another has come so far. On SQLite they cannot, while the one who waits has a transaction.
A_WHILE = SOON if connection.vendor == "sqlite" else 60


class Other(threading.Thread):
    """Somebody else, who does something at the same time; `failures` tells what failed."""

    def __init__(self, work: Callable, *arguments):
        super().__init__(daemon=True)
        self.work, self.arguments, self.failures = work, arguments, []

    def run(self):
        try:
            self.work(*self.arguments)
        except Exception as error:
            self.failures.append(repr(error))
        finally:
            connections.close_all()


@contextmanager
def between_reading_and_writing(do: Callable):
    """Have something done once, when the first pages are read and not yet written."""
    write = index.write

    def do_and_write(documents):
        index.write = write
        do()
        write(documents)

    index.write = do_and_write
    yield
    index.write = write


def make_posts(*titles: str, **fields) -> list[PostPage]:
    track = TrackIndexPage.objects.get(slug="engineers")
    return [make_post(track, title, **fields) for title in titles]


def publish(post: PostPage, text: str) -> None:
    post = PostPage.objects.get(pk=post.pk)
    post.body = [("markdown", text)]
    post.save_revision().publish()


CHANGES = {
    "publish": lambda post: publish(post, "A zebra."),
    "unpublish": lambda post: PostPage.objects.get(pk=post.pk).unpublish(),
    "delete": lambda post: PostPage.objects.get(pk=post.pk).delete(),
}


def change_while_rebuilding(change: str) -> dict:
    """What is found when a post changes after a rebuild has read it."""
    changed, _ = make_posts("Changed", "Other", markdown="A quokka.")
    other = Other(CHANGES[change], changed)

    def do():
        other.start()
        other.join(SOON)

    with between_reading_and_writing(do):
        index.rebuild()
    other.join()
    return {
        "failures": other.failures,
        "indexed": list(SearchDocument.objects.order_by("pk").values_list("title", flat=True)),
        "quokka": titles("quokka"),
        "zebra": titles("zebra"),
    }


def titles(question: str) -> list[str]:
    return sorted(result.page.title for result in search(question, exactly=True).results)


def publish_two_while_rebuilding() -> dict:
    """What is found when somebody who has published one of two posts, and not yet committed it,
    publishes the other after a rebuild has read that.
    """
    first, second = make_posts("First", "Second", markdown="A quokka.")
    is_begun, is_read = threading.Event(), threading.Event()

    def publish_both():
        with transaction.atomic():
            publish(second, "A zebra.")
            is_begun.set()
            is_read.wait(A_WHILE)
            publish(first, "A zebra.")

    other = Other(publish_both)
    other.start()
    is_begun.wait()
    with between_reading_and_writing(is_read.set):
        index.rebuild()
    other.join()
    return {"failures": other.failures, "quokka": titles("quokka"), "zebra": titles("zebra")}


def delete_while_rebuilding() -> dict:
    """What is indexed when a page is deleted in a transaction that is not yet committed."""
    gone, _ = make_posts("Gone", "Other", markdown="A quokka.")
    is_deleted, is_over = threading.Event(), threading.Event()

    def delete():
        with transaction.atomic():
            SearchDocument.objects.filter(pk=gone.pk).delete()
            is_deleted.set()
            is_over.wait(A_WHILE)
            PostPage.objects.get(pk=gone.pk).delete()

    other = Other(delete)
    other.start()
    is_deleted.wait()
    with between_reading_and_writing(is_over.set):
        index.rebuild()
    other.join()
    return {"failures": other.failures, "quokka": titles("quokka")}


def publish_new_words_in_a_circle() -> dict:
    """What is found when two publish two posts each, and the words that are new in them come in
    opposite order.
    """
    # Wagtail's index of the admin has rows of its own that two publishers change.
    settings.WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False
    posts = make_posts("One", "Two", "Three", "Four", live=False)
    make_posts("Words")
    texts = ["quagga", "zebra", "zebra", "quagga"]
    has_begun = [threading.Event(), threading.Event()]

    def publish_both(number: int):
        with transaction.atomic():
            publish(posts[2 * number], texts[2 * number])
            has_begun[number].set()
            has_begun[1 - number].wait(A_WHILE)
            publish(posts[2 * number + 1], texts[2 * number + 1])

    others = [Other(publish_both, number) for number in (0, 1)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    return {
        "failures": [failure for other in others for failure in other.failures],
        "quagga": titles("quagga"),
        "zebra": titles("zebra"),
        "corrected": [search("quagge").corrected, search("zebre").corrected],
    }
