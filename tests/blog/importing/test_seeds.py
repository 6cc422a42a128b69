"""The real documents beside the project, where they are, come in with nothing broken."""

from io import StringIO

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import call_command
from wagtail.models import Page, Revision

from blog import markdown
from blog.importing import read
from blog.models import PostPage
from home.models import StandardPage

SEEDS = settings.BASE_DIR.parent / "shared" / "seeds"
GARBLED = ("‚Ä", "√", "\uf8ff", "\ufffd", "¬†")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SEEDS.is_dir(), reason="The real documents are not here."),
]


@pytest.fixture(scope="module")
def imported(for_all):
    for_all(import_seeds)


def import_seeds() -> str:
    """What the command prints."""
    output = StringIO()
    call_command("import_posts", str(SEEDS), track="engineers", publish=True, stdout=output)
    return output.getvalue()


def test_every_document_becomes_a_page_on_its_track(imported):
    posts = PostPage.objects.all()

    assert posts.filter(track__slug="everyone").count() == 2
    assert posts.filter(track__slug="engineers").count() == 13
    assert posts.filter(canonical_address__startswith="https://dev.to/").count() == 12
    assert StandardPage.objects.get().title == "About"
    assert posts.get(title="Building a research career in public").display_date.year == 2026
    assert all(post.excerpt and len(post.excerpt) <= 200 for post in posts)


def test_no_garbled_character_is_left(imported):
    texts = [post.title + post.excerpt + post.plain_text for post in PostPage.objects.all()]

    assert [sign for sign in GARBLED if any(sign in text for text in texts)] == []
    assert any("🔧 For Engineers" in text for text in texts)


def test_the_feed_keeps_every_word_and_every_block():
    entries = feedparser.parse((SEEDS / "devto-feed.xml").read_bytes(), sanitize_html=False).entries
    posts = read(SEEDS / "devto-feed.xml")

    assert len(posts) == len(entries) == 12
    for entry, post in zip(entries, posts, strict=True):
        source = BeautifulSoup(entry.summary.replace("<br", " <br"), "html.parser")
        shown = BeautifulSoup(rendered(post), "html.parser")
        for extra in shown.select("a.anchor, .codeblock header"):
            extra.decompose()
        assert words_in(shown) == words_in(source)
        assert [len(shown.select(name)) for name in ("h2, h3", "li", "pre", "blockquote")] == [
            len(source.select(name)) for name in ("h2, h3", "li", "pre", "blockquote")
        ]
        assert {block["data-language"] for block in shown.select(".codeblock")} <= {"text"}


def rendered(post) -> str:
    return "\n".join(markdown.render(block.value).html for block in post.body)


def words_in(soup: BeautifulSoup) -> list[str]:
    return soup.get_text(" ").split()


def test_headings_of_the_plain_text_are_found():
    (post,) = read(SEEDS / "plain-text-post.txt")

    headings = [line for line in post.body[0].value.split("\n") if line.startswith("#")]
    assert len(headings) == 4
    assert all(line.startswith("## ") for line in headings)


def test_the_about_page_has_card_grids_and_one_emphasised_card(imported):
    page = StandardPage.objects.get()

    grids = [block.value for block in page.body if block.block_type == "card_grid"]
    cards = [card for grid in grids for card in grid["cards"]]
    assert [len(grid["cards"]) for grid in grids] == [4, 2]
    assert [card["is_emphasised"] for card in cards] == [False, False, False, False, True, False]
    assert all(grid["heading"] for grid in grids)
    assert "<div" not in "".join(
        block.value for block in page.body if block.block_type == "markdown"
    )


def test_the_old_address_leads_to_the_post(imported, client):
    post = PostPage.objects.get(slug="why-this-blog")

    response = client.get("/why-this-blog/")

    assert (response.status_code, response["Location"]) == (301, post.url)


def test_the_second_run_changes_nothing(imported):
    before = Page.objects.count(), Revision.objects.count()

    printed = import_seeds()

    assert (Page.objects.count(), Revision.objects.count()) == before
    assert "16 unchanged." in printed
