"""What authors type, what readers get, and what nobody can get in."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.documents import get_document_model
from wagtail.rich_text import expand_db_html, extract_references_from_rich_text

from blog.markdown import Heading, PageState, Problem, find_problems, notes_section, render
from blog.markdown.anchors import EarlierAnchors
from blog.markdown.parser import LONGEST, MOST_LINES
from tests.factories import make_image, make_post

ROOT = Path(__file__).resolve().parents[2]


def html_of(source: str, **options) -> str:
    return render(source, **options).html.strip()


# CommonMark as people write it


@pytest.mark.parametrize("indent", ["  ", "   ", "    ", "\t"])
def test_nested_lists_with_two_three_or_four_spaces(indent):
    html = html_of(f"- one\n{indent}- two\n- three")

    assert html == "<ul>\n<li>one<ul>\n<li>two</li>\n</ul>\n</li>\n<li>three</li>\n</ul>"


def test_list_right_after_a_paragraph():
    assert html_of("I worked on:\n- one\n- two") == (
        "<p>I worked on:</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
    )


def test_fenced_code_in_a_list_item():
    html = html_of("1. Run it:\n\n   ```console\n   $ make run\n   ```\n\n2. Read it.")

    assert '<div class="codeblock" data-language="console">' in html
    assert '<span class="gp">$ </span>make run</code>' in html
    assert html.count("<ol>") == 1
    assert html.endswith("<li>\n<p>Read it.</p>\n</li>\n</ol>")


def test_list_that_starts_later_keeps_its_number():
    assert html_of("3. three\n4. four").startswith('<ol start="3">')


def test_indented_code_is_a_code_block():
    html = html_of("Text\n\n    a < b\n")

    assert "<code>a &lt; b</code></pre></div>" in html


def test_task_list():
    html = html_of("- [ ] write\n- [x] read")

    assert html == (
        '<ul>\n<li class="task"><input type="checkbox" disabled aria-label="To do">write</li>\n'
        '<li class="task"><input type="checkbox" disabled checked aria-label="Done">read</li>\n'
        "</ul>"
    )


def test_box_of_a_loose_task_stands_beside_its_words():
    html = html_of("- [x] read\n\n  and more\n\n- other")

    assert (
        '<li class="task"><p><input type="checkbox" disabled checked aria-label="Done">read</p>'
        in html
    )
    assert html.count("<input") == 1


def test_strikethrough():
    assert html_of("~~gone~~ and ~this~") == "<p><del>gone</del> and <del>this</del></p>"


def test_definition_list():
    assert html_of("Track\n: A section of the publication.") == (
        "<dl>\n<dt>Track</dt>\n<dd>A section of the publication.</dd>\n</dl>"
    )


def test_money_is_text():
    assert html_of("It costs $5 and $10.") == "<p>It costs $5 and $10.</p>"


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        (
            "See https://example.org/a?b=1&c=2.",
            'See <a href="https://example.org/a?b=1&amp;c=2" rel="noopener">'
            "https://example.org/a?b=1&amp;c=2</a>.",
        ),
        ("Open cache.py", "Open cache.py"),
        ("Ask a@example.org", "Ask a@example.org"),
        ("On example.org", "On example.org"),
        ("ftp://example.org", "ftp://example.org"),
        ("<a@example.org>", '<a href="mailto:a@example.org">a@example.org</a>'),
    ],
)
def test_only_web_addresses_become_links_by_themselves(typed, html):
    assert html_of(typed) == f"<p>{html}</p>"


# Links and pictures


@pytest.mark.parametrize(
    ("target", "attributes"),
    [
        ("https://example.org", 'href="https://example.org" rel="noopener"'),
        ("http://example.org", 'href="http://example.org" rel="noopener"'),
        ("//example.org/x", 'href="//example.org/x" rel="noopener"'),
        ("/engineers/", 'href="/engineers/"'),
        ("other", 'href="other"'),
        ("#here", 'href="#here"'),
        ("mailto:a@example.org", 'href="mailto:a@example.org"'),
        ("tel:+3112345", 'href="tel:+3112345"'),
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", "<a href='{}' onclick='x()' rel='me'>x</a>"])
def test_links(form, target, attributes):
    assert html_of(form.format(target)) == f"<p><a {attributes}>x</a></p>"


@pytest.mark.parametrize("scheme", ["ftp", "urn", "vbscript", "blob", "about", "feed", "intent"])
def test_links_of_other_kinds_are_words(scheme):
    assert html_of(f"<a href='{scheme}:thing'>words</a>") == "<p>words</p>"


def test_own_picture_waits_to_be_near():
    assert html_of('![A *graph*](/media/a.png "Title")') == (
        '<p><img src="/media/a.png" alt="A graph" title="Title" '
        'loading="lazy" decoding="async"></p>'
    )


def test_raw_picture_without_alt_is_decorative():
    assert html_of("a <img src=/a.png width=20 onerror=x()>") == (
        '<p>a <img src="/a.png" alt="" width="20" loading="lazy" decoding="async"></p>'
    )


@pytest.mark.parametrize(
    "typed",
    ["a ![pixel](https://t.example/p.gif)", "a <img alt=pixel src='https://t.example/p.gif'>"],
)
def test_picture_elsewhere_is_a_link_and_loads_nothing(typed):
    assert html_of(typed) == ('<p>a <a href="https://t.example/p.gif" rel="noopener">pixel</a></p>')


def test_picture_elsewhere_inside_a_link_is_its_words():
    assert html_of("[![build](https://ci.example/badge.svg)](https://ci.example)") == (
        '<p><a href="https://ci.example" rel="noopener">build</a></p>'
    )


@pytest.mark.parametrize(
    "target", ["data:image/png;base64,AA", "javascript:alert(1)", "mailto:a@b.c"]
)
def test_picture_that_is_no_address_is_its_words(target):
    html = html_of(f"<img alt=words src='{target}'>")

    assert "words" in html
    assert "data:" not in html
    assert "javascript:" not in html


# Headings


def test_heading_has_an_anchor_and_a_link_to_itself():
    rendered = render("## What is *paged*, and `why`")

    assert rendered.html == (
        '<h2 id="what-is-paged-and-why">What is <em>paged</em>, and <code>why</code>'
        '<a class="anchor" href="#what-is-paged-and-why" '
        'aria-label="Link to the section What is paged, and why">#</a></h2>\n'
    )
    assert rendered.headings == (Heading(2, "What is paged, and why", "what-is-paged-and-why"),)
    assert rendered.text == "What is paged, and why"


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("🚀 Launch day ☀️", "launch-day"),
        ("Überblick: Größe", "überblick-größe"),
        ("हिन्दी में", "हिन्दी-में"),
        ("日本語の見出し", "日本語の見出し"),
        ("C++ & C#", "c-c"),
        ("snake_case_name", "snake-case-name"),
        ("1️⃣ First", "1-first"),
        ("👩🏽‍💻", "section"),
        ("?!", "section"),
        (
            "word " * 40,
            "-".join(["word"] * 16),
        ),
    ],
)
def test_anchors_in_any_script(words, anchor):
    assert [heading.anchor for heading in render(f"## {words}").headings] == [anchor]


def test_one_h1_moves_all_headings_down():
    rendered = render("# Title\n\n## Part\n\n###### Deep\n\n<h1>Raw</h1>")

    assert [(heading.level, heading.text) for heading in rendered.headings] == [
        (2, "Title"),
        (3, "Part"),
        (6, "Deep"),
    ]
    assert "<h2>Raw</h2>" in rendered.html
    assert "<h1" not in rendered.html


def test_without_h1_headings_stay_where_they_are():
    assert [heading.level for heading in render("## Part\n\n### Deep").headings] == [2, 3]


def test_anchors_are_unique_on_a_page_of_several_texts():
    page = PageState(taken={"main"})

    first = render("## Setup\n\n## Setup\n\n## Main", page=page)
    second = render("## Setup", page=page)

    assert [heading.anchor for heading in first.headings] == ["setup", "setup-2", "main-2"]
    assert [heading.anchor for heading in second.headings] == ["setup-3"]
    assert {"main", "setup", "setup-2", "main-2", "setup-3"} <= page.taken


def test_empty_heading_is_left_out():
    rendered = render("##\n\nWords")

    assert rendered.html.strip() == "<p>Words</p>"
    assert rendered.headings == ()


def test_heading_with_only_a_picture_is_named_by_it():
    assert render("## ![The logo](image:3)").headings == (Heading(2, "The logo", "the-logo"),)


def test_heading_that_broken_html_swallowed_is_not_listed():
    rendered = render("## Seen\n\n<div><!--\n\n## Unseen\n\n## Gone\n")

    assert [heading.text for heading in rendered.headings] == ["Seen"]


# Code


@pytest.mark.parametrize(
    ("info", "language", "name", "marked"),
    [
        ("python", "python", "Python", []),
        ('python title="pager/cache.py" {2}', "python", "pager/cache.py", [2]),
        ("python title='a b.py' {1,3}", "python", "a b.py", [1, 3]),
        ('python file=cache.py hl_lines="1 2-3"', "python", "cache.py", [1, 2, 3]),
        ("python {1-2} filename=cache.py", "python", "cache.py", [1, 2]),
        ("{.python title=cache.py}", "python", "cache.py", []),
        ("python{2}", "python", "Python", [2]),
        ("title=notes.txt", "text", "notes.txt", []),
        ("python {seven}", "python", "Python", []),
        ("python hl_lines=9-7", "python", "Python", []),
        ("nonesuch", "text", "nonesuch", []),
        ("", "text", "Plain text", []),
        ('c++ title="&lt;a&gt;.cc"', "c++", "&lt;a&gt;.cc", []),
    ],
)
def test_what_stands_behind_a_fence(info, language, name, marked):
    html = html_of(f"```{info}\none\ntwo\nthree\n```")

    lines = re.search(r"<code>(.*)</code>", html, re.S)[1].split("\n")
    assert f'data-language="{language}"' in html
    assert f'<span class="codefile">{name}</span>' in html
    assert [n for n, line in enumerate(lines, 1) if 'class="hl"' in line] == marked


def test_code_blocks_of_a_page_have_different_names():
    page = PageState()

    html = html_of("```go\na\n```\n\n```go\nb\n```", page=page)
    html += html_of("```go\nc\n```", page=page)

    assert re.findall(r'aria-label="([^"]*)"', html) == ["Code: Go", "Code: Go, 2", "Code: Go, 3"]


def test_code_is_not_read_as_markdown_or_html():
    html = html_of("```html\n<b>*x*</b> &amp; [y](page:z)\n```")

    assert "<b>" not in html
    assert "<em>" not in html
    assert "&amp;amp;" in html
    assert find_problems("```html\n[y](page:z)\n```\n\n`[y](page:z)`") == []


# Tables, callouts, notes


def test_table():
    html = html_of("| Size | Mid | Waste |\n|------|:-:|------:|\n| 8 | x | 0.9 % |")

    assert html == (
        '<div class="tablewrap" tabindex="0" role="region" aria-label="Table: Size, Mid, Waste">'
        '<table>\n<thead>\n<tr>\n<th scope="col">Size</th>\n<th scope="col" class="center">Mid</th>'
        '\n<th scope="col" class="right">Waste</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>8</td>\n'
        '<td class="center">x</td>\n<td class="right">0.9 %</td>\n</tr>\n</tbody>\n</table></div>'
    )


@pytest.mark.parametrize(
    ("alert", "kind", "title"),
    [
        ("NOTE", "note", "Note"),
        ("TIP", "tip", "Tip"),
        ("IMPORTANT", "note", "Note"),
        ("WARNING", "warning", "Warning"),
        ("CAUTION", "danger", "Danger"),
        ("caution", "danger", "Danger"),
    ],
)
def test_alerts_are_callouts(alert, kind, title):
    html = html_of(f"> [!{alert}]\n> Mind the *gap*.")

    assert html == (
        f'<div class="callout {kind}">\n<p class="callout-title">{title}</p>\n'
        "<p>Mind the <em>gap</em>.</p>\n</div>"
    )


def test_other_quotes_stay_quotes():
    assert html_of("> [!HUH]\n> x") == "<blockquote>\n<p>[!HUH]\nx</p>\n</blockquote>"


NOTES = "One[^a] and again[^a].\n\n[^a]: A *note*.\n"


def test_footnotes():
    html = html_of(NOTES)

    assert (
        'One<sup class="noteref"><a href="#note-1" id="note-1-at" role="doc-noteref" '
        'aria-label="Note 1">1</a></sup>'
    ) in html
    assert '<section class="footnotes" role="doc-endnotes" aria-label="Notes"><ol>' in html
    assert '<li id="note-1"><p>A <em>note</em>. <a href="#note-1-at" role="doc-backlink"' in html
    assert 'href="#note-1-at-2"' in html


def test_notes_of_several_texts_do_not_meet():
    page = PageState()

    html = html_of(NOTES, page=page) + html_of(NOTES, page=page) + notes_section(page)

    assert html.count('role="doc-endnotes"') == 1
    assert '<a href="#note-2" id="note-2-at" role="doc-noteref" aria-label="Note 2">2</a>' in html
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids)) == 6
    assert set(re.findall(r'href="#([^"]*)"', html)) == set(ids)


def test_notes_and_headings_do_not_meet():
    html = html_of(f"## Note\n\n{NOTES}\n\n## Note 1\n\n## Note 1 at\n\n## Note2 1")

    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids)) == 7


# Anchors over time


def anchors_of(source: str, earlier: str = "") -> list[str]:
    before = [vars(heading) for heading in render(earlier).headings]
    page = PageState(earlier=EarlierAnchors(before))
    return [heading.anchor for heading in render(source, page=page).headings]


@pytest.mark.parametrize(
    ("earlier", "source", "anchors"),
    [
        ("# A\n# A\n# B", "# B\n# A", ["b", "a"]),
        ("# 1\n## Setup\n# 2\n## Setup", "# 2\n## Setup", ["2", "setup-2"]),
        ("# 1\n## Setup\n## Run", "# Uno\n## Setup\n## Run", ["uno", "setup", "run"]),
        (
            "# 1\n## Setup\n# 2\n## Setup",
            "# Setup\n# 2\n## Setup",
            ["setup-3", "2", "setup-2"],
        ),
        ("# Old", "# New\n# Old", ["new", "old"]),
        ("# Same\n# Same", "# Same\n# Same\n# Same", ["same", "same-2", "same-3"]),
    ],
)
def test_headings_keep_their_anchors_when_others_change(earlier, source, anchors):
    assert anchors_of(source, earlier) == anchors


def test_a_heading_may_ask_for_its_anchor():
    rendered = render('## Setting up {#setup}\n\n## Again {#setup}\n\n## A {#Bad"Sign}')

    assert [(heading.text, heading.anchor) for heading in rendered.headings] == [
        ("Setting up", "setup"),
        ("Again", "again"),
        ("A", "badsign"),
    ]
    assert "{#" not in rendered.html


# Raw HTML


def test_details_with_markdown_inside():
    html = html_of("<details>\n<summary>The log</summary>\n\n- *one*\n\n```\nx\n```\n\n</details>")

    assert html.startswith("<details>\n<summary>The log</summary>\n<ul>\n<li><em>one</em></li>")
    assert html.endswith("<code>x</code></pre></div>\n</details>")


def test_card_grid_keeps_its_classes_and_no_others():
    html = html_of(
        '<div class="card-grid evil">\n\n<div class="card card-emphasis" id="x" style="color:red">'
        "\n\n### One\n\nSome *words*.\n\n</div>\n</div>"
    )

    assert '<div class="card-grid">' in html
    assert '<div class="card card-emphasis">' in html
    assert '<h3 id="one">One' in html
    assert "<em>words</em>" in html
    assert "evil" not in html


def test_card_grid_in_plain_html_survives():
    source = (
        '<div class="card-grid">\n  <div class="card">\n    <h3>One</h3>\n'
        "    <p>Two</p>\n  </div>\n</div>"
    )

    assert html_of(source) == source


@pytest.mark.parametrize(
    "markup",
    [
        "<kbd>Ctrl</kbd>",
        "<mark>hit</mark>",
        "H<sub>2</sub>O",
        "x<sup>2</sup>",
        '<abbr title="Key value">KV</abbr>',
        "<ins>new</ins>",
        "<q>said</q>",
        '<time datetime="2026-11-21">today</time>',
        "<ruby>漢<rt>kan</rt></ruby>",
        '<bdo dir="rtl">abc</bdo>',
        '<span lang="de">Zeit</span>',
    ],
)
def test_harmless_markup_is_kept(markup):
    assert html_of(f"a {markup}") == f"<p>a {markup}</p>"


@pytest.mark.parametrize(
    "markup",
    [
        "<figure>\n<figcaption>Waste</figcaption>\n</figure>",
        '<figure class="wide">\n<figcaption>Waste</figcaption>\n</figure>',
        "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>",
    ],
)
def test_harmless_blocks_are_kept(markup):
    assert html_of(markup) == markup


def test_empty_class_is_not_left_behind():
    assert html_of('<div class="evil">x</div>') == "<div>x</div>"


def test_classes_of_the_site_cannot_be_borrowed():
    html = html_of('<div class="codeblock tablewrap">x</div> <span class="hl vh">y</span>')

    assert "class" not in html


@pytest.mark.parametrize(
    "attack",
    [
        "<b onclick='alert(1)'>x</b>",
        "<img src=/x onerror=alert(1)>",
        "<details ontoggle=alert(1) open>x</details>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "[x]\n\n[x]: javascript:alert(1)",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href=' &#1;javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "<script>alert(1)</script>",
        "a <script>alert(1)</script> b",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<script\nsrc=//evil.example>",
        "<style>*{background:url(//evil.example)}</style>",
        "<p style='background:url(//evil.example)'>x</p>",
        "<iframe src=//evil.example></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=//evil.example></object><embed src=//evil.example>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<math><maction xlink:href='javascript:alert(1)'>x</maction></math>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
        "<form action=//evil.example><button formaction=javascript:alert(1)>x</button></form>",
        "<base href=//evil.example/><link rel=stylesheet href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<video src=//evil.example autoplay onplay=alert(1)></video>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<template><script>alert(1)</script></template>",
        "<div><img alt='\n\n```\n' onerror=alert(1) x='\n```\n\n'></div>",
        '<div><img alt="\n\n```python title=\'" onerror=alert(1)\'\nx\n```\n\n"></div>',
        '```python" onmouseover="alert(1)\nx\n```',
        '```python title="</span><script>alert(1)</script>"\nx\n```',
        '## x" onmouseover="alert(1) <script>alert(1)</script>',
        '| a" onfocus="alert(1) |\n|---|\n| x |',
        '![" onerror="alert(1)](image:1)',
        '[x](page:1#"onclick="alert(1))',
        "<textarea><script>alert(1)</script>",
        "<title></title><script>alert(1)</script>",
        "<select><template><style><!--</style><a rel='--></style></template></select>"
        "<img src onerror=alert(1)>'>",
    ],
)
def test_attacks_come_to_nothing(attack):
    html = html_of(attack)

    tags = re.findall(r"<[^>]*>", html)
    names = {re.match(r"</?([a-z0-9]*)", tag)[1] for tag in tags}
    assert not names & {
        *("script", "style", "iframe", "object", "svg", "math", "form", "button", "base", "link"),
        *("meta", "video", "noscript", "template", "textarea", "title", "select", "mglyph"),
    }
    for tag in tags:
        attributes = re.sub(r'"[^"]*"', '""', tag)
        assert not re.search(r"[\s/]on\w+\s*=|[\s/]style\s*=|srcdoc|formaction", attributes)
    assert not re.search(r"""(?:href|src)="\s*(?:javascript|data|vbscript):""", html, re.I)


@pytest.mark.parametrize("name", ["script", "style", "svg", "math", "iframe", "template"])
def test_content_of_what_is_removed_goes_with_it(name):
    assert html_of(f"a <{name}>secret</{name}> b") == "<p>a  b</p>"
    assert "secret" not in html_of(f"<div>\n<{name}>secret</{name}>\n</div>")


@pytest.mark.parametrize("name", ["script", "style", "textarea", "title", "iframe", "plaintext"])
def test_tag_that_is_a_word_in_a_sentence_does_not_swallow_the_page(name):
    html = html_of(f"Use the <{name}> tag.\n\nNext *words*.\n\n```\ncode\n```")

    assert f"<p>Use the &lt;{name}&gt; tag.</p>" in html
    assert "<p>Next <em>words</em>.</p>" in html
    assert "<code>code</code>" in html


def test_mark_in_an_attribute_or_a_forged_one_is_not_filled_in():
    inside = html_of('<div><img src="/x" alt="\n\n```\ncode\n```\n\n">')
    forged = html_of('<div data-kept="0-0e">x</div> <p data-kept="1">y</p>')

    assert "codeblock" not in inside
    assert "data-kept" not in forged


# Durable references


def test_references_are_what_wagtail_stores():
    assert html_of('[a](page:12) [b](page:12#setup) [c](doc:5) ![d "e" > f](image:7)') == (
        '<p><a linktype="page" id="12">a</a> <a linktype="page" id="12" anchor="setup">b</a> '
        '<a linktype="document" id="5">c</a> '
        '<embed embedtype="image" id="7" alt="d &quot;e&quot; &gt; f" format="fullwidth"/></p>'
    )


def test_references_by_definition_and_with_leading_noughts():
    assert html_of("[a][p] ![b][i]\n\n[p]: page:012\n[i]: <image:007>") == (
        '<p><a linktype="page" id="12">a</a> '
        '<embed embedtype="image" id="7" alt="b" format="fullwidth"/></p>'
    )


MALFORMED = [
    ("[x](page:about)", "x"),
    ("[x](page:)", "x"),
    ("[x](page:-1)", "x"),
    ("[x](page:0)", "x"),
    ("[x](page:1.5)", "x"),
    ("[x](page:٣)", "x"),
    ("[x](page:1?a=b)", "x"),
    ("[x](page:99999999999999999999)", "x"),
    ("[x](page:2147483648)", "x"),
    ("[x](doc:report)", "x"),
    ("[x](doc:5#part)", "x"),
    ("[x](doc:a b)", "[x](doc:a b)"),
    ("![x](image:abc)", "x"),
    ("![x](image:)", "x"),
    ("![x](page:1)", "x"),
    ("![x](doc:1)", "x"),
    ("[x](image:1)", "x"),
    ("[x](<page:1 2>)", "x"),
]


@pytest.mark.parametrize(("source", "words"), MALFORMED)
def test_malformed_reference_is_words_and_a_problem(source, words):
    assert html_of(source) == f"<p>{words}</p>"
    problems = find_problems(f"First line.\n\nSecond\nline {source}")
    assert [problem.line for problem in problems] == [4]
    assert problems[0].message.endswith(".")


def test_size_asked_of_a_picture_is_dropped_and_a_problem():
    source = "![x](image:1,filter=width-100000)"

    assert html_of(source) == (
        '<p><embed embedtype="image" id="1" alt="x" format="fullwidth"/></p>'
    )
    assert find_problems(source) == [
        Problem(
            1,
            "“image:1,filter=width-100000” asks for a size or a filter, and the page chooses "
            "those. Write image:1.",
        )
    ]


@pytest.mark.parametrize(
    "smuggled",
    [
        '<embed embedtype="image" id="1" format="fullwidth"/>',
        '<embed embedtype="media" url="https://evil.example"/>',
        '<a linktype="page" id="1">x</a>',
        '<a linktype="page" id="about">x</a>',
        '<a href="page:1">x</a>',
        "<a href='https://e.org' title='&lt;embed embedtype=\"image\" id=\"abc\"/>'>x</a>",
        '<abbr title=\'<a linktype="page" id="abc">\'>x</abbr>',
        '`<embed embedtype="image" id="abc"/>`',
        '```\n<embed embedtype="image" id="abc"/><a linktype="page" id="abc">\n```',
        '&lt;embed embedtype="image" id="abc"/>',
        '![<embed embedtype="image" id="abc"/>](/x.png)',
        '# <embed embedtype="image" id="abc"/>',
        '[x](/a "<a linktype=page id=abc>")',
    ],
)
def test_references_cannot_be_smuggled_in(smuggled):
    html = html_of(smuggled)

    assert list(extract_references_from_rich_text(html)) == []
    assert expand_db_html(html) == html


def test_references_lead_where_their_pages_are(engineers, django_assert_num_queries):
    first, second = make_post(engineers, "First"), make_post(engineers, "Second")
    document = get_document_model().objects.create(title="Report", file="report.pdf")
    html = html_of(
        f"[a](page:{first.pk}) [b](page:{second.pk}#set-up) [c](doc:{document.pk}) [d](page:999999)"
    )
    expand_db_html(html)

    expanded = expand_db_html(html)

    assert f'<a href="{first.url}">a</a>' in expanded
    assert f'<a href="{second.url}#set-up">b</a>' in expanded
    assert f'<a href="{document.url}">c</a>' in expanded
    assert "<a>d</a>" in expanded


def test_links_to_pages_take_no_query_each(engineers, django_assert_max_num_queries):
    pages = [make_post(engineers, f"Post {number}") for number in range(4)]
    html = html_of(" ".join(f"[x](page:{page.pk})" for page in pages))
    with django_assert_max_num_queries(4):
        expanded = expand_db_html(html)

    assert all(page.url in expanded for page in pages)


def test_nothing_is_told_about_a_page_that_is_not_readable(four_posts):
    html = html_of(" ".join(f"[words](page:{page.pk})" for page in four_posts.hidden))

    assert expand_db_html(html) == "<p><a>words</a> <a>words</a> <a>words</a></p>"


def test_picture_by_number_is_a_picture(db):
    picture = make_image()

    expanded = expand_db_html(html_of(f'![A "teal" > square](image:{picture.pk}) ![](image:99999)'))

    assert 'alt="A &quot;teal&quot; &gt; square"' in expanded


def test_reference_index_sees_them(engineers):
    target = make_post(engineers, "Target")
    picture = make_image()
    html = html_of(f"[a](page:{target.pk}) ![b](image:{picture.pk})")

    found = {(model.__name__, id_) for model, id_, *_ in extract_references_from_rich_text(html)}

    assert found == {("Page", str(target.pk)), ("Image", str(picture.pk))}


# Plain text


def test_prose_and_code_are_apart():
    rendered = render(
        "# A *title*\n\nSome `inline` words\n&amp; more.\n\n- one\n- two\n\n"
        "| a | b |\n|---|---|\n| c | d |\n\n```python\nx = 1\n```\n\n"
        "<div><p>Raw</p><p>html</p></div>\n\n<pre>raw code</pre>\n\n![alt](/x.png)"
    )

    assert rendered.text == ("A title\nSome inline words & more.\none\ntwo\na b\nc d\nRaw\nhtml")
    assert rendered.code_text == "x = 1\nraw code"
    assert rendered.words == 15
    assert rendered.code_words == 5


def test_nothing_gives_nothing():
    rendered = render("")

    assert (rendered.html, rendered.text, rendered.headings, rendered.words) == ("", "", (), 0)


# Whatever is typed


BOMBS = {
    "lists 300 deep": "\n".join("  " * depth + f"- x{depth}" for depth in range(300)),
    "quotes 300 deep": "> " * 300 + "x",
    "quotes 300 lines deep": "\n".join("> " * depth + "x" for depth in range(300)),
    "lists in one line": "- " * 5000 + "x",
    "lists in quotes": "> - " * 3000 + "x",
    "definitions": "\n".join("  " * depth + "a\n" + "  " * depth + ": b" for depth in range(300)),
    "notes in notes": "[^a]: " * 5000 + "x[^a]",
    "5 kB of [": "[" * 5000,
    "12 kB of ![": "![" * 6000,
    "24 kB of <a": "<a " * 8000,
    "links in links": "[" * 2000 + "x" + "](u)" * 2000,
    "pictures in pictures": "![" * 2000 + "x" + "](u)" * 2000,
    "brackets": "[" * 200_000,
    "brackets in paragraphs": ("[" * 200 + "\n\n") * 900,
    "entities": "&" * 200_000,
    "signs": "$" * 200_000,
    "back ticks": "".join("`" * number + "a" for number in range(1, 600)),
    "stars": "*a _b **c __d " * 14_000,
    "addresses": "https://a.b/" * 16_000,
    "addresses in paragraphs": ("https://a.b/" * 100 + "\n\n") * 160,
    "lazy lines": "> " * 40 + "a\n" + "a\n" * 7000,
    "rules": "---\n" * 7000,
    "headings": "# a\n" * 7000,
    "wide table": "|" * 30_000 + "\n" + "|-" * 30_000,
    "tall table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 7000,
    "empty cells": "|a" * 256 + "|\n" + "|-" * 256 + "|\n" + "|a|\n" * 7000,
    "notes": "[^a]: x\n\n" + "[^a] " * 30_000,
    "definitions of links": "".join(f"[{number}]: x\n" for number in range(7000)),
    "div": "<div>" * 40_000,
    "b and p": "".join(f"<b title={number}><p>" for number in range(9000)),
    "b and paragraphs": "<b title=1><i><u>" * 30 + "\n\n" + "a\n\n" * 3900,
    "script": "<script>" * 20_000,
    "script, open": "<script " * 20_000,
    "comment": "<!--" * 50_000,
    "instruction": "<?" * 100_000,
    "declaration": "<!A" * 66_000,
    "quote left open": "<x y='" * 33_000,
    "code": "```java\n" + "word word \n" * 5000 + "```",
    "many codes": "```java\nword word \n```\n" * 2600,
    "too long": "word " * 60_000,
    "too many lines": "a\n" * 50_000,
    "NUL": "a\x00b",
    "lone surrogates": "a\ud800b\udfff [x\ud800](y\udfff) `\ud800`",
    "control characters": "".join(map(chr, range(32))) + "\x7f\x85\u2028\ufeff\uffff",
    "only spaces": " " * 200_000,
    "marks": '\ue0001-0\ue001 data-kept="0e"',
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_bomb_is_rendered_or_shown_as_typed(source, caplog):
    rendered = render(source)
    problems = find_problems(source)

    rendered.html.encode("utf-8")
    assert rendered == render(source)
    assert problems == sorted(problems, key=lambda problem: problem.line)
    assert caplog.records == []


@pytest.mark.parametrize(
    "name",
    ["lists 300 deep", "quotes 300 deep", "div", "brackets", "tall table", "too long", "rules"],
)
def test_no_word_is_lost_where_something_is_too_much(name):
    source = BOMBS[name]

    rendered = render(source)

    typed = re.findall(r"\w+", re.sub(r"<[^>]*>", "", source))
    shown = re.findall(r"\w+", rendered.text + "\n" + rendered.code_text)
    assert set(typed) <= set(shown)


def test_too_deep_a_list_is_said_with_its_line():
    problems = find_problems("Words\n\n" + BOMBS["lists 300 deep"])

    assert [problem.message.split(",")[0] for problem in problems] == [
        "Lists or quotes are nested too deeply here"
    ]
    assert 3 < problems[0].line < 30


def test_ten_lists_inside_one_another_are_fine():
    source = "\n".join("  " * depth + "- x" for depth in range(9))

    assert find_problems(source) == []
    assert html_of(source).count("<ul>") == 9


def test_text_over_the_limit_is_a_problem_and_shown_as_typed():
    longest, tallest = "a" * (LONGEST + 1), "a <b\n" * MOST_LINES

    assert find_problems(longest) == [
        Problem(
            1,
            "The text has 200,001 characters, and the most is 200,000. "
            "Split it into several Markdown blocks.",
        )
    ]
    assert find_problems(tallest)[0].message.startswith("The text has 8,001 lines, and the most is")
    assert html_of(tallest).startswith("<pre>a &lt;b\na &lt;b\n")
    assert find_problems("a" * LONGEST) == []


def test_tangled_html_is_a_problem_and_shown_as_typed():
    source = "Words.\n\n" + "<div>" * 1000

    assert html_of(source).startswith("<pre>Words.\n\n&lt;div&gt;")
    assert [problem.line for problem in find_problems(source)] == [3]


def test_what_could_not_be_rendered_takes_no_anchors():
    page = PageState(taken={"before"})

    render("## Heading\n\n" + "<div>" * 1000, page=page)

    assert page.taken == {"before"}


def test_a_fault_of_the_parser_is_not_the_reader_s(monkeypatch, caplog):
    monkeypatch.setattr("blog.markdown.clean", lambda markup: 1 / 0)

    rendered = render("Some *words* <b>")

    assert rendered.html == "<pre>Some *words* &lt;b&gt;</pre>"
    assert rendered.text == "Some *words* <b>"
    assert "shown as typed" in caplog.text


PIECES = st.sampled_from(
    [
        *("- ", "> ", "1. ", "# ", "```", "    ", "\n", "\n\n", "|", "|-|", "[", "](", ")", "!["),
        *("[^a]", "[^a]: ", "*", "_", "**", "`", "~~", "<b>", "</b>", "<div>", "</div>", "<p>"),
        *("<a href=x>", "</a>", "<!--", "-->", "<script>", "<table>", "<td>", "<svg>", "<pre>"),
        *("page:1", "image:2", "doc:x", "https://a.b", ": ", "\\", "&amp;", "\x00", "\ud800"),
        *("word", " ", "[x](page:3)", "![y](image:4)", "> [!NOTE]\n", "- [x] ", "<details>"),
    ]
)


@given(pieces=st.lists(PIECES, max_size=30))
@settings(max_examples=300, deadline=None, database=None)
def test_any_text_renders_the_same_twice_and_leaves_no_marks(pieces):
    source = "".join(pieces)

    rendered = render(source)

    assert rendered == render(source)
    assert "data-kept" not in rendered.html
    assert "<script" not in rendered.html
    for reference in re.findall(r"<(?:a linktype|embed )[^>]*>", rendered.html):
        assert re.search(r' id="[1-9][0-9]*"', reference)
    find_problems(source)


@given(source=st.text(st.characters(), max_size=60))
@settings(max_examples=200, deadline=None, database=None)
def test_any_characters_render(source):
    render(source).html.encode("utf-8")


def test_output_does_not_depend_on_the_process():
    script = (
        "import sys; from blog.markdown import render;"
        "sys.stdout.buffer.write(render(sys.stdin.read()).html.encode())"
    )
    source = (
        f"# A\n\n![x](/a.png) <b title=x lang=de>y</b>\n\n{NOTES}\n\n```python\nx = 1\n```\n\n"
        '<div class="card card-emphasis callout">[a](page:1) https://e.org</div>'
    )

    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=source.encode(),
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("0", "1", "2")
    }

    assert outputs == {render(source).html.encode()}
