"""Each window on to the posts shows the readable one of the four, and no trace of the others."""

import pytest

from blog.models import Author, PostAuthor, PostPage, Tag, TaggedPost
from blog.related import relate
from tests.factories import make_author

WINDOWS = {
    "home": "/",
    "track": "/engineers/",
    "track by tag": "/engineers/?tag=marsupials",
    "tag": "/tags/marsupials/",
    "author": "/authors/ada-byron/",
    "feed": "/feed/",
    "track feed": "/feed/engineers/",
    "sitemap": "/sitemap.xml",
    "search": "/search/?q=quokka",
    "suggestions": "/search/suggest/?q=quokka",
    "not found": "/quokka/",
}


@pytest.fixture
def signed_posts(four_posts):
    """The four posts, all with the same author and tag."""
    author = make_author("Ada Byron")
    tag = Tag.objects.create(name="marsupials", slug="marsupials")
    for post in PostPage.objects.all():
        TaggedPost.objects.create(tag=tag, content_object=post)
        PostAuthor.objects.create(author=author, post=post)
    return four_posts


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_shows_the_readable_post_only(client, signed_posts, window):
    answer = client.get(WINDOWS[window])
    shown = answer.content.decode()

    assert signed_posts.live.slug in shown
    for hidden in signed_posts.hidden:
        assert hidden.slug not in shown
        assert hidden.title not in shown


@pytest.mark.parametrize("window", [name for name in WINDOWS if name != "not found"])
@pytest.mark.parametrize("number", ["0", "-1", "2", "abc", "9" * 40, "%00", "1.5", ""])
def test_any_page_number_answers(client, signed_posts, window, number):
    address = WINDOWS[window]
    sign = "&" if "?" in address else "?"

    assert client.get(f"{address}{sign}page={number}").status_code == 200


@pytest.mark.parametrize(
    "words", ["tag=", "tag=nothing", "tag=%00", "year=", "year=abc", "year=0", "year=99999"]
)
def test_any_filter_answers(client, signed_posts, words):
    assert client.get(f"/engineers/?{words}").status_code == 200


# The same number of queries for one post and for many: nothing is asked row by row.
QUERIES = {
    "/": 19,
    "/engineers/": 22,
    "/engineers/live-quokka/": 25,
    "/tags/marsupials/": 15,
    "/authors/ada-byron/": 16,
    "/feed/": 8,
    "/sitemap.xml": 8,
}


@pytest.mark.parametrize("address", QUERIES)
def test_queries_do_not_grow_with_posts(
    client, signed_posts, address, django_assert_max_num_queries
):
    author, tag = Author.objects.get(), Tag.objects.get()
    for number in range(6):
        copy = signed_posts.live.copy(
            update_attrs={"slug": f"more-{number}", "title": f"More {number}"}, keep_live=True
        )
        assert copy.author_list == [author]
        assert list(copy.tags.all()) == [tag]
    for post in PostPage.objects.live():
        relate(post.pk)
    client.get(address)

    with django_assert_max_num_queries(QUERIES[address]):
        assert client.get(address).status_code == 200
