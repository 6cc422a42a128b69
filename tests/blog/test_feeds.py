from datetime import UTC, datetime

import feedparser
import pytest
from defusedxml import ElementTree

from blog.feeds import for_any_reader
from tests.factories import make_author, make_image, make_post


def feed_of(client, address="/feed/"):
    answer = client.get(address)
    assert answer.status_code == 200
    ElementTree.fromstring(answer.content)
    parsed = feedparser.parse(answer.content)
    assert parsed.bozo == 0
    return parsed


def test_an_item_carries_the_whole_post(client, engineers, site):
    make_post(
        engineers,
        "Paging",
        markdown="Some *words*, a [link](/about/) and\n\n```python\nanswer = 42\n```",
        authors=[make_author("Ada Byron")],
        tags=["memory"],
        display_date=datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
    )

    (item,) = feed_of(client).entries

    assert item.title == "Paging"
    assert item.summary == "The excerpt of Paging."
    assert item.link == f"{site.root_url}/engineers/paging/"
    assert item.author == "Ada Byron"
    assert item.published_parsed[:5] == (2026, 3, 4, 5, 6)
    assert [tag.term for tag in item.tags] == ["For Engineers", "memory"]
    assert "<em>words</em>" in item.content[0].value
    assert f'href="{site.root_url}/about/"' in item.content[0].value
    assert "answer" in item.content[0].value


def test_a_track_feed_has_the_posts_of_its_track(client, engineers, everyone):
    make_post(engineers, "Deep")
    make_post(everyone, "Clear")

    assert [item.title for item in feed_of(client, "/feed/everyone/").entries] == ["Clear"]
    assert [item.title for item in feed_of(client).entries] == ["Clear", "Deep"]


def test_an_unknown_track_has_no_feed(client, home):
    assert client.get("/feed/nobody/").status_code == 404


def test_pictures_have_absolute_addresses(client, engineers, site):
    picture = make_image()
    make_post(engineers, markdown=f"![A teal square](image:{picture.pk})")

    content = feed_of(client).entries[0].content[0].value

    assert f'src="{site.root_url}/media/' in content


@pytest.mark.parametrize("title", ["a ]]> b", "<script>", "&nbsp;", "bell \x07 and \x0b", "\ufffe"])
def test_hostile_words_leave_the_feed_valid(client, engineers, title):
    make_post(engineers, title, slug="hostile", excerpt=title, markdown=f"{title}\n\n```\n{title}")

    assert len(feed_of(client).entries) == 1


def test_an_id_survives_a_new_address(client, engineers):
    post = make_post(engineers, "Paging")
    before = feed_of(client).entries[0].id
    post.slug = "paging-again"
    post.save_revision().publish()

    after = feed_of(client).entries[0]

    assert after.id == before
    assert after.link.endswith("/paging-again/")


def test_an_empty_publication_has_a_valid_feed(client, home):
    assert feed_of(client).entries == []


def test_a_feed_leaves_out_what_only_our_sheets_make_sense_of():
    html = (
        '<h2 id="a">A<a class="anchor" href="#a" aria-label="Link to the section A">#</a></h2>'
        '<figure><a class="enlarge only-light" href="/l.png"><picture><img src="l"></picture></a>'
        '<a class="enlarge only-dark" href="/d.png"><picture><img src="d"></picture></a></figure>'
        '<span class="only-dark"><img src="d"></span>'
        '<img class="only-light" src="l"><img class="only-dark" src="d">'
        '<code>class="only-dark"</code>'
    )

    assert for_any_reader(html) == (
        '<h2 id="a">A</h2>'
        '<figure><a class="enlarge only-light" href="/l.png"><picture><img src="l"></picture></a>'
        '</figure><img class="only-light" src="l"><code>class="only-dark"</code>'
    )


def test_addresses_that_are_only_shown_stay_as_they_are(client, engineers, site):
    make_post(engineers, markdown='`<a href="/about/">` and src="/x", [here](/about/)')

    content = feed_of(client).entries[0].content[0].value

    assert "&lt;a href=&quot;/about/&quot;&gt;" in content or '&lt;a href="/about/"&gt;' in content
    assert f'<a href="{site.root_url}/about/">here</a>' in content
    assert 'src="/x"' in content.replace("&quot;", '"')
