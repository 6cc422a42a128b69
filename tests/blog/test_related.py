"""What a reader is led to from a post: related posts, neighbours, parts of a series."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.models import PostPage, RelatedPost, Series
from blog.related import KEPT, relate
from tests.factories import make_post


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """What is done after the commit is done at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@contextmanager
def writes():
    """The statements within the block that change rows."""
    found = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    words = ("INSERT", "UPDATE", "DELETE")
    found += [query["sql"] for query in queries if query["sql"].startswith(words)]


def titles(posts) -> list[str]:
    return [post.title for post in posts]


def offered(title: str) -> list[str]:
    return titles(PostPage.objects.get(title=title).keep_reading())


def kept(title: str) -> list[str]:
    rows = RelatedPost.objects.filter(post__title=title).order_by("rank")
    return [row.other.title for row in rows.select_related("other")]


def test_the_same_topic_on_another_track_comes_first(engineers, everyone, committing):
    with committing():
        make_post(engineers, "This", tags=["cache", "pages"])
        make_post(engineers, "Same track, both tags", tags=["cache", "pages"])
        make_post(engineers, "Same track")
        make_post(everyone, "Other track", tags=["cache"])
        make_post(everyone, "Other track, other topic", tags=["birds"])

    assert kept("This") == ["Other track", "Same track, both tags", "Same track"]


def test_a_series_goes_on_before_anything_else(engineers, everyone, committing):
    series = Series.objects.create(title="Memory")
    with committing():
        for part in (3, 1, 2, 4):
            make_post(engineers, f"Part {part}", series=series, series_part=part, tags=["memory"])
        make_post(everyone, "For everyone", tags=["memory"])

    assert kept("Part 2")[:2] == ["Part 3", "Part 4"]
    assert offered("Part 2") == ["Part 3", "Part 4"]
    assert kept("Part 4")[0] == "For everyone"


def test_a_post_published_later_enters_the_lists_of_others(engineers, everyone, committing):
    with committing():
        make_post(engineers, "First", tags=["cache"])
    assert kept("First") == []

    with committing():
        make_post(everyone, "Later", tags=["cache"])

    assert kept("First") == ["Later"]


def test_what_is_withdrawn_is_not_offered_and_leaves_room(engineers, everyone, committing):
    with committing():
        make_post(engineers, "This", tags=["cache"])
        gone = make_post(everyone, "Gone", tags=["cache"])
        make_post(everyone, "Stays", tags=["cache"])
    assert set(offered("This")) == {"Gone", "Stays"}

    gone.unpublish()
    assert offered("This") == ["Stays"]  # At reading, before anything is worked out anew.

    with committing():
        gone.delete()
    assert kept("This") == ["Stays"]


def test_drafts_and_scheduled_posts_are_never_kept(engineers, committing):
    with committing():
        make_post(engineers, "This", tags=["cache"])
        make_post(engineers, "Draft", tags=["cache"], live=False)

    assert kept("This") == []


def test_a_moved_post_is_of_its_new_track(engineers, everyone, committing):
    with committing():
        make_post(engineers, "This", tags=["cache"])
        make_post(engineers, "Near", tags=["cache"])
        moved = make_post(engineers, "Moved", tags=["cache"])
    with committing():
        moved.move(everyone, pos="last-child")

    assert kept("This")[0] == "Moved"


def test_six_are_kept_and_two_offered(engineers, committing):
    with committing():
        for number in range(KEPT + 3):
            make_post(engineers, f"Post {number}", tags=["cache"])

    assert len(kept("Post 0")) == KEPT
    assert len(offered("Post 0")) == 2


def test_the_lists_never_hold_up_a_publication(engineers, committing, monkeypatch, caplog):
    monkeypatch.setattr("blog.related.keep", lambda *args: 1 / 0)

    with committing():
        post = make_post(engineers, "Published")

    assert PostPage.objects.readable().filter(pk=post.pk).exists()
    assert "ZeroDivisionError" in caplog.text


def test_working_out_again_gives_the_same(engineers, everyone, committing):
    with committing():
        post = make_post(engineers, "This", tags=["cache"])
        make_post(everyone, "That", tags=["cache"])
    before = kept("This")

    with writes() as written:
        relate(post.pk)
    assert written == []
    relate(-1)  # Of a post that is deleted meanwhile.

    assert kept("This") == before == ["That"]


def test_without_a_list_the_newest_of_the_track_are_offered(engineers):
    make_post(engineers, "This")
    make_post(engineers, "Newer")

    assert offered("This") == ["Newer"]


def test_neighbours_are_the_readable_posts_around(engineers, everyone, client):
    for title, live in (
        ("One", True),
        ("Hidden", False),
        ("Two", True),
        ("Three", True),
    ):
        make_post(engineers, title, live=live)
    make_post(everyone, "Elsewhere")

    def around(title):
        found = PostPage.objects.get(title=title).neighbours()
        return [found[side] and found[side].title for side in ("earlier", "later")]

    assert around("One") == [None, "Two"]
    assert around("Two") == ["One", "Three"]
    assert around("Three") == ["Two", None]


def test_posts_of_one_moment_have_an_order(engineers):
    posts = [make_post(engineers, f"Post {number}") for number in range(3)]
    PostPage.objects.update(display_date=posts[0].display_date)

    middle = PostPage.objects.get(pk=posts[1].pk).neighbours()

    assert (middle["earlier"].title, middle["later"].title) == ("Post 0", "Post 2")


def test_a_post_shows_its_place_in_the_series(client, engineers):
    series = Series.objects.create(title="Memory")
    for part, live in ((2, True), (1, True), (3, False)):
        make_post(engineers, f"Part {part}", series=series, series_part=part, live=live)

    html = client.get("/engineers/part-1/").content.decode()

    assert "Part 3" not in html
    assert "2 parts" in html
    assert html.index('<span aria-current="page">Part 1</span>') < html.index(
        '<a href="/engineers/part-2/">Part 2</a>'
    )
