"""Citations in a body, the list they lead to, abbreviations, and how a post itself is cited."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from wagtail.blocks import StreamBlockValidationError, StreamValue

from blog.bibliography import Entry, read_bibtex, resolve
from blog.blocks import PostBody
from blog.citing import bibtex_of, citation_of
from blog.markdown import find_problems, render
from blog.markdown.abbreviations import MOST_ABBREVIATIONS, MOST_EXPLAINED
from blog.models import PostPage
from blog.rendering import render_body
from tests.factories import make_author, make_post

BIBTEX = """
@book{knuth84, author={Knuth, Donald}, title={The TeXbook}, year=1984}
@misc{rfc9110, title={HTTP Semantics}, year=2022, url={https://www.rfc-editor.org/rfc/rfc9110}}
@misc{unread, title={Nobody cites it}}
"""


def body_of(*texts: str, bibtex: str = BIBTEX, entries: tuple = ()) -> StreamValue:
    """A Markdown block for each text, and the bibliography."""
    bibliography = {"heading": "References", "bibtex": bibtex, "entries": list(entries)}
    return PostBody().to_python(
        [
            *({"type": "markdown", "value": text} for text in texts),
            {"type": "bibliography", "value": bibliography},
        ]
    )


def parts_of(body: StreamValue) -> list[str]:
    return [part.strip() for part in render_body(body)["parts"]]


def without_links(html: str) -> str:
    return re.sub(r"</?a\b[^>]*>", "", html)


def refusals_of(body: StreamValue) -> dict[int, ValidationError]:
    with pytest.raises(StreamBlockValidationError) as refused:
        body.stream_block.clean(body)
    return refused.value.block_errors


# In the text


def test_citation_leads_to_the_list_and_back():
    text, bibliography = parts_of(body_of("See [@knuth84]."))

    assert text == (
        '<p>See <a href="#ref-knuth84" id="ref-knuth84-at" class="citation" '
        'role="doc-biblioref" title="Donald Knuth, The TeXbook, 1984">[1]</a>.</p>'
    )
    assert bibliography.startswith(
        '<h2 id="references">References<a class="anchor" href="#references" '
        'aria-label="Link to the section References">#</a></h2>\n'
        '<div class="references" role="doc-bibliography" aria-labelledby="references"><ol>\n'
        '<li id="ref-knuth84">Donald Knuth. <cite>The TeXbook</cite>. 1984. '
        '<a href="#ref-knuth84-at" role="doc-backlink" '
        'aria-label="Back to reference 1 in the text">↩\ufe0e</a></li>\n'
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[@knuth84]", "[1]"),
        ("[@rfc9110; @knuth84]", "[1; 2]"),
        ("[@knuth84, p. 33]", "[1, p. 33]"),
        ("[@knuth84, pp. 3, 5; @rfc9110, § 2 <b>]", "[1, pp. 3, 5; 2, § 2 &lt;b&gt;]"),
        ("[@knuth84;\n@rfc9110]", "[1; 2]"),
        ("**[@knuth84]**", "<strong>[1]</strong>"),
        ("[@knuth84][@knuth84]", "[1][1]"),
        ("[@nobody]", "[@nobody]"),
        ("[@knuth84; @nobody]", "[@knuth84; @nobody]"),
        ("@knuth84 and a@knuth84.org", "@knuth84 and a@knuth84.org"),
        ("[see @knuth84]", "[see @knuth84]"),
        (r"\[@knuth84]", "[@knuth84]"),
        ("`[@knuth84]`", "<code>[@knuth84]</code>"),
        ("[@knuth84](/x)", "@knuth84"),
        ("[a [@knuth84] b](/x)", "a [@knuth84] b"),
        ('<a href="/x">[@knuth84]</a>', "[@knuth84]"),
        ("[@knuth84]\n\n[@knuth84]: /x", "@knuth84"),
    ],
)
def test_what_is_a_citation(typed, shown):
    assert without_links(parts_of(body_of(typed))[0]) == f"<p>{shown}</p>"


def test_numbers_follow_the_first_citations_of_the_whole_body():
    *texts, bibliography = parts_of(body_of("[@rfc9110]", "[@knuth84] [@rfc9110]"))

    assert [without_links(text) for text in texts] == ["<p>[1]</p>", "<p>[2] [1]</p>"]
    assert re.findall(r'<li id="([^"]*)"', bibliography) == [
        "ref-rfc9110",
        "ref-knuth84",
        "ref-unread",
    ]
    assert re.findall(r'href="#(ref-[^"]*)"', bibliography) == [
        "ref-rfc9110-at",
        "ref-rfc9110-at-2",
        "ref-knuth84-at",
    ]


def test_callouts_and_notes_cite_too():
    body = PostBody().to_python(
        [
            {"type": "bibliography", "value": {"heading": "Books", "bibtex": BIBTEX}},
            {"type": "callout", "value": {"kind": "tip", "text": "[@knuth84]"}},
            {"type": "markdown", "value": "Text[^1]\n\n[^1]: See [@rfc9110]."},
        ]
    )
    bibliography, callout, _, notes = parts_of(body)

    assert re.findall(r'<li id="([^"]*)"', bibliography)[:2] == ["ref-knuth84", "ref-rfc9110"]
    assert "[1]</a>" in callout
    assert "[2]</a>" in notes


def test_ids_differ_from_those_of_headings():
    heading, bibliography = parts_of(body_of("## Ref knuth84 at\n\n[@knuth84]"))

    assert 'id="ref-knuth84-at-2"' in heading
    assert 'href="#ref-knuth84-at-2"' in bibliography


def test_typed_references_follow_those_in_bibtex():
    typed = {"key": "own", "title": "My own", "url": "https://example.org/a?b=1&c=2"}
    text, bibliography = parts_of(body_of("[@own]", entries=[typed]))

    assert without_links(text) == "<p>[1]</p>"
    assert '<li id="ref-own"><cite>My own</cite>. ' in bibliography


def test_references_are_found_but_take_no_time_to_read():
    rendered = render_body(body_of("Four words of prose [@knuth84]."))

    assert "Donald Knuth. The TeXbook. 1984." in rendered["text"]
    assert rendered["words"] == 5
    assert rendered["sheets"] == ["citations"]


def test_without_a_bibliography_citations_are_text():
    html = "<p>See [@knuth84, p. 3]; &lt;</p>"

    assert render("See [@knuth84, p. 3]; <").html.strip() == html


def test_a_broken_bibliography_leaves_citations_as_typed():
    text, bibliography = parts_of(body_of("[@knuth84]", bibtex="@book{"))

    assert text == "<p>[@knuth84]</p>"
    assert "<ol" not in bibliography


@pytest.mark.parametrize(
    "typed",
    [
        r"<cite data-citation>\[@knuth84]</cite>",
        "<ol data-references></ol>",
        '<i title="<cite data-citation>[@knuth84]</cite>">x</i>',
        "`<cite data-citation>[@knuth84]</cite>`",
    ],
)
def test_nobody_can_write_what_is_resolved(typed):
    text, bibliography = parts_of(body_of(typed))

    assert "biblioref" not in text
    assert bibliography.count("<li") == 3


def test_hostile_entries_stay_words():
    bibtex = '@misc{a+b/c, title={</script><script>alert(1)</script> "quoted"}, author={<b>}}'
    text, bibliography = parts_of(body_of("[@a+b/c]", bibtex=bibtex))

    assert "<script" not in text + bibliography
    assert "<b>" not in text + bibliography
    assert (
        'title="&lt;b&gt;, &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot;"'
    ) in text


def test_flood_of_citations():
    begun = time.process_time()

    text, bibliography = resolve(
        ["<cite data-citation>[@a]</cite> " * 20_000, "<ol data-references></ol>"],
        [Entry(key="a", title="A")],
    )

    assert text.count("[1]</a>") == 20_000
    assert bibliography.count("doc-backlink") == 20
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "typed",
    [
        "[@a] " * 20_000,
        "[@a]" * 20_000,
        "[@" * 50_000,
        "[@a;" * 40_000,
        "[@a, " * 40_000,
        "[@a]\n\n" * 2_500,
        "[@a, " + "; " * 90_000 + "]",
    ],
    ids=lambda typed: typed[:8],
)
def test_flood_of_citations_in_a_text(typed):
    body = body_of(typed, bibtex="@misc{a,}")
    begun = time.process_time()

    render_body(body)

    assert time.process_time() - begun < 1


# What is refused


def test_unknown_citations_are_refused_at_their_line():
    errors = refusals_of(body_of("[@knuth84]", "One\ntwo [@nobody]\n\n- [@who; @rfc9110]"))

    assert {index: error.messages for index, error in errors.items()} == {
        1: [
            "Line 2: “nobody” is not in the bibliography of this body. "
            r"Add it there, or write \[@nobody] if it is no citation.",
            "Line 4: “who” is not in the bibliography of this body. "
            r"Add it there, or write \[@who] if it is no citation.",
        ]
    }


def test_citations_in_callouts_are_checked():
    body = PostBody().to_python(
        [{"type": "callout", "value": {"kind": "note", "text": "[@who] `[@code]`"}}]
    )

    errors = refusals_of(body)

    assert errors[0].block_errors["text"].messages == [
        "Line 1: “who” is not in the bibliography of this body. "
        r"Add it there, or write \[@who] if it is no citation."
    ]


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"bibtex": ""}, "bibtex", "Add BibTeX or at least one typed reference."),
        ({"bibtex": None}, "bibtex", "Add BibTeX or at least one typed reference."),
        (
            {"bibtex": "@book{a,"},
            "bibtex",
            "Line 1: The entry that begins here has no end. Look for a brace or quote left open.",
        ),
    ],
)
def test_bibliography_is_checked(fields, place, message):
    errors = refusals_of(body_of(**fields))

    assert errors[0].block_errors[place].messages == [message]


@pytest.mark.parametrize(
    ("fields", "place", "message"),
    [
        ({"key": "knuth84"}, "key", "Another reference has this key."),
        (
            {"key": "a b"},
            "key",
            "Write letters, digits and _ - : . + / only, beginning with a letter or a digit.",
        ),
        ({"doi": "x"}, "doi", "This is not a DOI. Write for example 10.1000/182."),
        (
            {"url": "javascript:alert(1)"},
            "url",
            "Begin the address with https:// or http://.",
        ),
    ],
)
def test_typed_references_are_checked(fields, place, message):
    entry = {"key": "own", "kind": "online", "title": "My own"} | fields
    errors = refusals_of(body_of(entries=[entry]))

    assert errors[0].block_errors["entries"].block_errors[0].block_errors[place].messages == [
        message
    ]


def test_a_body_has_one_bibliography():
    twice = PostBody().to_python([*body_of().get_prep_value(), *body_of().get_prep_value()])

    with pytest.raises(StreamBlockValidationError) as refused:
        twice.stream_block.clean(twice)

    assert refused.value.non_block_errors == ["Bibliography: The maximum number of items is 1"]
    assert "".join(parts_of(twice)).count('<li id="ref-unread"') == 1


def test_a_complete_body_is_accepted():
    body = body_of("[@knuth84] and [@own]", entries=[{"key": "own", "title": "My own"}])

    assert len(body.stream_block.clean(body)) == 2


# Abbreviations


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("HTML", '<abbr title="Hyper &quot;Text&quot; &lt;b&gt;">HTML</abbr>'),
        (
            "XHTML, HTMLs, html, (HTML)",
            'XHTML, HTMLs, html, (<abbr title="Hyper &quot;Text&quot; &lt;b&gt;">HTML</abbr>)',
        ),
        ("`HTML` <code>HTML</code>", "<code>HTML</code> <code>HTML</code>"),
        ("[x](/HTML)", '<a href="/HTML">x</a>'),
        (
            "https://example.org/HTML",
            '<a href="https://example.org/HTML" rel="noopener">https://example.org/HTML</a>',
        ),
        ("HTML5 5", 'HTML5 <abbr title="Five">5</abbr>'),
        ("C++ and .NET", '<abbr title="See">C++</abbr> and <abbr title="Dot">.NET</abbr>'),
        ("Nil", "Nil"),
    ],
)
def test_abbreviations_are_explained(typed, html):
    definitions = '*[HTML]: Hyper "Text" <b>\n*[5]: Five\n*[C++]: See\n*[.NET]: Dot\n*[Nil]:\n'

    rendered = render(f"{typed}\n\n{definitions}")

    assert rendered.html.strip() == f"<p>{html}</p>"


def test_headings_keep_their_anchors():
    rendered = render("## HTML and CSS {#HTML}\n\n*[HTML]: One\n*[CSS]: Two")

    assert [(heading.text, heading.anchor) for heading in rendered.headings] == [
        ("HTML and CSS", "html")
    ]
    assert '<abbr title="One">HTML</abbr> and <abbr title="Two">CSS</abbr>' in rendered.html
    assert rendered.text == "HTML and CSS"


def test_definitions_may_follow_a_paragraph_and_are_no_text():
    assert render("HTML\n*[HTML]: One\n*[HTML]: Two").html.strip() == (
        '<p><abbr title="One">HTML</abbr></p>'
    )


@pytest.mark.parametrize("typed", ["    *[HTML]: One", "*[]: One", "*[a] b", "x *[HTML]: One"])
def test_what_is_no_definition_is_shown(typed):
    assert "<abbr" not in render(f"{typed}\n\nHTML").html
    assert typed.strip() in render(f"{typed}\n\nHTML").html


def test_many_abbreviations_take_no_time():
    definitions = "\n".join(f"*[{'a' * 20}{number}]: {'t' * 80}" for number in range(900))
    text = f"{definitions}\n\n" + "\n\n".join([f"{'a' * 20}7 " * 300] * 12)
    begun = time.process_time()

    html = render(text).html

    assert MOST_EXPLAINED <= html.count("<abbr") < MOST_EXPLAINED + 300
    assert html.count("]: ttt") == 900 - MOST_ABBREVIATIONS
    assert time.process_time() - begun < 1


def test_abbreviations_are_no_problem():
    assert find_problems("HTML [@x]\n\n*[HTML]: One") == []


# A post itself


@pytest.fixture
def post(engineers) -> PostPage:
    authors = [make_author("Mara Lindqvist"), make_author("José Ångström")]
    return make_post(
        engineers,
        "The bloom filter, measured",
        authors=authors,
        display_date=datetime(2025, 3, 11, 12, tzinfo=UTC),
        slug="a-2-bloom-filter",
    )


def test_post_as_bibtex(post):
    post.last_published_at = post.display_date

    assert bibtex_of(post, "Two & Track") == (
        "@misc{lindqvist2025bloom,\n"
        "  author = {Mara Lindqvist and José Ångström},\n"
        "  title = {{The bloom filter, measured}},\n"
        r"  howpublished = {Two \& Track}," + "\n"
        "  year = {2025},\n"
        "  month = mar,\n"
        f"  url = {{{post.full_url}}},\n"
        "}"
    )


def test_post_as_a_sentence(post):
    post.last_published_at = post.display_date + timedelta(days=30)

    assert citation_of(post, "Twotrack") == (
        "Mara Lindqvist and José Ångström. “The bloom filter, measured.” Twotrack, "
        f"11 March 2025. Updated 10 April 2025. {post.full_url}"
    )


@pytest.mark.parametrize(
    "title",
    [
        r"100% of {braces}, \backslashes\, $5, #1, a_b, x^2, ~ and & more",
        "}}, title = {Another",
        "{{{",
        "“Quotes”, \"quotes\", `quotes`, ``more'' -- and --- dashes ,, ?` !`",
        "@misc{other, title={x}}",
        "Ünïcödé 日本語 🎉 ﬁ",
        "</code></pre><script>alert(1)</script>",
        r"\end{document} \input{/etc/passwd} \textbackslash{}",
    ],
)
def test_hostile_titles_survive_as_bibtex(post, title):
    post.title = title
    post.author_list[0].name = title
    post.canonical_address = "https://example.org/a?b=%20&c={}~#x_y"

    (entry,) = read_bibtex(bibtex_of(post, title))

    assert entry.title == title
    assert entry.container == title
    assert entry.authors[-1] == "José Ångström"
    assert entry.url == "https://example.org/a?b=%20&c=%7B%7D~#x_y"


@pytest.mark.parametrize("name", ["Smith and Sons, Inc.", "Lovelace, Ada", "And And"])
def test_one_author_stays_one(post, name):
    post.author_list[0].name = name

    (entry,) = read_bibtex(bibtex_of(post, "Twotrack"))

    assert entry.authors == (name, "José Ångström")


def test_a_post_without_authors_or_latin_letters_has_a_key(engineers):
    post = make_post(engineers, "日本語", slug="日本語")

    (entry,) = read_bibtex(bibtex_of(post, ""))

    assert entry.key == f"post{post.shown_date.year}"


def test_cite_box(post):
    post.title = "</code><script>"
    html = render_to_string("parts/cite_post.html", {"post": post, "publication": "Twotrack"})

    assert "<summary>Cite this post</summary>" in html
    assert '<header><span class="codefile">lindqvist2025bloom.bib</span></header>' in html
    assert "<script>" not in html
