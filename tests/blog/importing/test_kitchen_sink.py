"""The post of the demo publication that holds one of everything comes in whole."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from blog.blocks import PostBody
from blog.importing import point_links_at_pages, read, save_as_draft

DEMO = settings.BASE_DIR / "blog" / "demo"
pytestmark = pytest.mark.django_db
ONE_OF_EVERYTHING = [
    *("h2", "h3", "h4", "em", "strong", "em > strong, strong > em", "del", "code", "mark"),
    *("ins", "sub", "sup", "dfn", "q", "cite", "samp", "var", "small", "br", "kbd + kbd"),
    *("abbr[title='Cascading Style Sheets']", "time[datetime]"),
    *("a[href^='https://www.gnu.org/']", "a[href$='/engineers/adding-small-numbers/']"),
    *("a[href$='/engineers/adding-small-numbers/#three-cures']", "a[href='#notes']"),
    *("ol ul ol", "li.task input[checked]", "li.task input:not([checked])", "dl dt", "dd + dd"),
    *("a[role=doc-noteref]", ".footnotes li p + p", ".footnotes pre", ".footnotes a + a"),
    *(".callout.note ul", ".callout.tip", ".callout.warning", ".callout.danger"),
    *("details summary", "figure.quote figcaption", "blockquote blockquote"),
    *("table td.right", "table td.center", "table caption", "table td.htRight"),
    *("table th[scope=row]", ".codeblock .hl", ".codeblock[data-language=diff] .gi"),
    *(".codeblock[data-language=diff] .gd", ".codeblock[data-language=console] .gp"),
    *(".codeblock[data-language=text]", ".codeblock[data-language=bash]"),
    *("math:not([display])", "math[display=block] mfrac", "math munderover", "mtable mtr + mtr"),
    *(".citation", ".references li#ref-vitter85", ".references li:nth-of-type(4)"),
    *("figure.normal", "figure.wide", "figure.full", "figure .only-dark", "figcaption .credit"),
    *(".diagram img.only-light[alt]", ".diagram + p, .diagram ~ .diagram"),
    *(".notebook-html table", "img.notebook-picture", ".notebook-output .error"),
    *(".embed img", ".card.card-emphasis", "[lang=el]", "[lang=ru]", "[lang=ja]"),
    *("[lang=ar][dir=rtl]", "hr"),
]


@pytest.fixture(scope="module")
def kitchen_sink(for_all):
    """The document as saved, with another that it links to."""
    return for_all(bring_in)


def bring_in():
    pages = []
    for name in ("2026-02-10-adding-small-numbers.md", "2026-09-08-kitchen-sink.md"):
        (post,) = read(DEMO / name, DEMO)
        pages.append((post, save_as_draft(post, publish=True)))
    point_links_at_pages((post, saved.page) for post, saved in pages)
    return pages[-1][1]


@pytest.fixture
def shown(kitchen_sink, client):
    """What a reader gets."""
    html = client.get(kitchen_sink.page.url).content.decode()
    return BeautifulSoup(html, "html.parser").find("main")


def test_it_comes_in_without_any_loss(kitchen_sink):
    page = kitchen_sink.page

    assert kitchen_sink.notes == ()
    assert (page.slug, page.track.slug) == ("kitchen-sink", "engineers")
    assert {block.block_type for block in page.body} == set(PostBody().child_blocks) - {
        "rich_text",
        "divider",
    }


def test_an_editor_can_save_it(kitchen_sink):
    body = kitchen_sink.page.body

    assert len(body.stream_block.clean(body)) == len(body)


def test_it_holds_one_of_everything(shown):
    assert [name for name in ONE_OF_EVERYTHING if shown.select_one(name) is None] == []


def test_nothing_is_left_as_typed(shown):
    for code in shown.find_all(["code", "annotation"]):
        code.decompose()
    words = shown.get_text()

    assert "A coffee costs $5 and $10 buys two" in words
    typed = ("```", "[@", "$$", "\\frac", ":alt:", "[^", "{#")
    assert [sign for sign in typed if sign in words] == []
