from datetime import UTC, datetime
from html import escape

import pytest

from blog.importing import ImportedPost, UnreadableDocument, read

ITEM = (
    "<title>One</title><link>https://e.example/one-4f</link><guid>one</guid>"
    "<pubDate>Tue, 06 May 2025 07:30:00 GMT</pubDate>"
)


def described(html: str) -> str:
    return f"<description>{escape(html)}</description>"


@pytest.fixture
def read_feed(write):
    return lambda content, name="feed.xml": read(write(name, content))


def refusal_of(read_feed, content) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as refusal:
        read_feed(content)
    return refusal.value


def test_what_an_item_says(read_feed, feed_of):
    (post,) = read_feed(feed_of(f"{ITEM}<category>kettles</category>{described('<p>Words.</p>')}"))

    assert (post.source, post.title, post.slug) == ("one", "One", "one")
    assert post.date == datetime(2025, 5, 6, 7, 30, tzinfo=UTC)
    assert post.canonical_address == "https://e.example/one-4f"
    assert post.tags == ("kettles",)
    assert [block.value for block in post.body] == ["Words."]


def test_the_digest_of_an_item_does_not_hang_on_its_neighbours(read_feed, feed_of):
    one = f"{ITEM}{described('<p>Words.</p>')}"

    (alone,) = read_feed(feed_of(one))
    beside, _ = read_feed(feed_of(one, "<title>Two</title>"))
    (changed,) = read_feed(feed_of(one.replace("Words", "Other words")))

    assert alone.digest == beside.digest != changed.digest
    assert alone.source == changed.source


def test_title_and_tags_lose_entities_markup_and_quotation_marks_of_exporters(read_feed, feed_of):
    (post,) = read_feed(
        feed_of(
            '<title>"A &amp;amp; B: &lt;code&gt;x&lt;/code&gt; &amp;lt; y"</title>'
            f"<category>R&amp;amp;D</category>{described('x')}"
        )
    )

    assert post.title == "A & B: x < y"
    assert post.tags == ("R&D",)


def test_angle_brackets_in_a_title_are_words(read_feed, feed_of):
    (post,) = read_feed(feed_of(f"<title>Vec&lt;T&gt; and you</title>{described('x')}"))

    assert post.title == "Vec<T> and you"


def test_garbled_text_is_repaired(read_feed, feed_of):
    (post,) = read_feed(feed_of(f"<title>It isn‚Äôt</title>{described('<p>a ‚Äî b</p>')}"))

    assert (post.title, post.body[0].value) == ("It isn’t", "a — b")
    assert len(post.notes) == 2


def test_atom(read_feed):
    (post,) = read_feed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title>One</title>'
        '<id>tag:one</id><link href="https://e.example/one"/><published>2025-05-06T07:30:00Z'
        "</published><updated>2025-05-08T07:30:00Z</updated><author><name>Ada Byron</name></author>"
        '<content type="html">&lt;p&gt;Words.&lt;/p&gt;</content></entry></feed>'
    )

    assert (post.source, post.authors[0].name) == ("tag:one", "Ada Byron")
    assert post.date == datetime(2025, 5, 6, 7, 30, tzinfo=UTC)
    assert post.updated == datetime(2025, 5, 8, 7, 30, tzinfo=UTC)
    assert post.body[0].value == "Words."


def test_one_bad_item_does_not_stop_the_others(read_feed, feed_of):
    good = f"{ITEM}{described('<p>Words.</p>')}"
    dated = "<title>Two</title><pubDate>Mon, 31 Nov 2025 07:30:00 GMT</pubDate>"
    deep = f"<title>Three</title>{described('<div>' * 5000 + 'x')}"

    first, second, third, fourth = read_feed(feed_of(dated, deep, "<link>x</link>", good))

    assert "In the field pubDate" in first.reason
    assert "nested too deeply" in second.reason
    assert "neither a title nor a text" in third.reason
    assert isinstance(fourth, ImportedPost)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://x.example/rss.dtd">',
    ],
)
def test_document_types_and_entities_are_refused(read_feed, feed_of, doctype):
    content = feed_of(ITEM).replace("?><rss", f"?>\n{doctype}\n<rss")

    refusal = refusal_of(read_feed, content)

    assert refusal.line == 1 or refusal.line == 2
    assert "Remove the <!DOCTYPE …> part." in refusal.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<rss><channel>\n<item>", "damaged"),
        ("<?xml version='1.0'?><rss><channel><item>&nbsp;</item></channel></rss>", "damaged"),
        ("<?xml version='1.0'?><svg/>", "not an RSS or Atom feed"),
        ("<rss version='2.0'><channel></channel></rss>", "no items"),
        (b"<rss>\n\x00</rss>", "NUL"),
    ],
)
def test_what_is_no_feed_is_refused(read_feed, content, words):
    assert words in refusal_of(read_feed, content).message


def test_an_encoding_that_lies_is_noticed(read_feed, feed_of):
    content = feed_of(f"<title>café</title>{described('x')}").replace("UTF-8", "UTF-16")

    (post,) = read_feed(content)

    assert post.title == "café"
    assert post.notes == ("The feed says that it is UTF-16, but it is UTF-8 and was read as that.",)


def test_another_encoding(read_feed, feed_of):
    content = feed_of(f"<title>café</title>{described('x')}").replace("UTF-8", "iso-8859-1")

    (post,) = read_feed(content.encode("latin-1"))

    assert post.title == "café"


def test_pictures_written_into_the_text_do_not_make_it_too_long(read_feed, feed_of):
    html = f'<p>Words <img src="data:image/png;base64,{"A" * 2_000_000}" alt="A sky"></p>'

    (post,) = read_feed(feed_of(f"<title>One</title>{described(html)}"))

    assert post.body[0].value == "Words *Picture not imported: A sky, data:,*"
