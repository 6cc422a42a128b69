"""Code blocks: the source is kept to the letter, and colour is only classes."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.highlighting import (
    LANGUAGES,
    MOST_COLOURING,
    colouring_cost,
    first_free,
    highlight,
    parse_lines,
    showable,
)

SOURCE = '''def pages(total, size=20):
    """How many pages
    are there?"""
    if size < 1 or "&" in total:
        raise ValueError('<none>')
    return -(-total // size)  # rounded up
'''


def text_of(html: str) -> str:
    """What a browser would copy from the <code> of a block."""
    code = re.search(r"<code>(.*)</code>", html, re.S)[1]
    return unescape(re.sub(r"<[^>]*>", "", code.removeprefix("\n")))


def lines_of(html: str) -> list[str]:
    return re.search(r"<code>(.*)</code>", html, re.S)[1].split("\n")


def test_block_is_what_the_style_sheet_and_the_copy_button_expect():
    html = highlight("x = 1\n", "python", file_name="pager/cache.py")

    assert html == (
        '<div class="codeblock" data-language="python">'
        '<header><span class="codefile">pager/cache.py</span></header>'
        '<pre tabindex="0" role="region" aria-label="Code: pager/cache.py"><code>'
        'x <span class="o">=</span> <span class="mi">1</span>'
        "</code></pre></div>"
    )


@pytest.mark.parametrize("language", [alias for alias, _ in LANGUAGES] + ["", "no-such-language"])
def test_text_is_exactly_the_source_in_every_language(language):
    assert text_of(highlight(SOURCE, language)) == SOURCE.removesuffix("\n")


@pytest.mark.parametrize("language", ["python", "pycon", "console", "diff", "html", "yaml", "text"])
@given(code=st.text(alphabet="$>+-@#<&\"' \tabc1=:\n", max_size=80))
@settings(max_examples=40, deadline=None, database=None)
def test_text_is_exactly_the_source_whatever_it_is(language, code):
    assert text_of(highlight(code, language)) == code.removesuffix("\n")


@pytest.mark.parametrize("code", ["", "\n", "\n\nx", "  x  ", "x\n\n\n", "\n\n\n"])
def test_white_space_at_the_ends_stays_but_for_one_newline(code):
    assert text_of(highlight(code, "python")) == code.removesuffix("\n")


def test_line_ends_are_one_kind_and_unshowable_characters_are_marked():
    html = highlight("a\r\nb\rc\x00\x1b\ud800\x0bd", "text")

    assert text_of(html) == "a\nb\nc\ufffd\ufffd\ufffd d"
    html.encode("utf-8")


def test_nothing_is_styled_inline_and_nothing_escapes():
    html = highlight('</code><script>alert("x")</script>', "<b>", file_name='"><img src=x>')

    assert "style=" not in html
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert 'aria-label="Code: &quot;&gt;&lt;img src=x&gt;"' in html


def test_unknown_language_is_plain_text_under_its_own_name():
    html = highlight("a = 1", "Brainfudge")

    assert 'data-language="text"' in html
    assert '<span class="codefile">brainfudge</span>' in html
    assert "<code>a = 1</code>" in html


@pytest.mark.parametrize(
    ("given_name", "language", "label"),
    [
        ("py", "py", "Python"),
        ("C++", "c++", "C++"),
        ("language-js", "js", "JavaScript"),
        (".rust", "rust", "Rust"),
        ("terminal", "console", "Console session"),
        ("", "text", "Plain text"),
    ],
)
def test_other_names_of_languages(given_name, language, label):
    html = highlight("x", given_name)

    assert f'data-language="{language}"' in html
    assert f'<span class="codefile">{label}</span>' in html


def test_marked_lines_are_whole_lines_also_inside_one_token():
    html = highlight(SOURCE, "python", marked_lines={2, 3, 99})

    lines = lines_of(html)
    assert lines[1] == (
        '<span class="hl">    <span class="sd">&quot;&quot;&quot;How many pages</span></span>'
    )
    assert (
        lines[2]
        == '<span class="hl"><span class="sd">    are there?&quot;&quot;&quot;</span></span>'
    )
    assert html.count('class="hl"') == 2
    assert text_of(html) == SOURCE.removesuffix("\n")


def test_every_line_is_complete_in_itself():
    for line in lines_of(highlight(SOURCE, "python")):
        assert line.count("<span") == line.count("</span>")


def test_lines_are_numbered_on_demand_outside_the_text():
    html = highlight("a\n\nc\n", "text", first_number=40, marked_lines={3})

    assert html.startswith('<div class="codeblock numbered"')
    assert lines_of(html) == [
        '<span class="ln" data-n="40">a</span>',
        '<span class="ln" data-n="41"></span>',
        '<span class="ln hl" data-n="42">c</span>',
    ]
    assert text_of(html) == "a\n\nc"
    assert "data-n" not in highlight("a", "text")


def test_sessions_and_differences_have_classes_of_their_own():
    console = highlight("$ ls\nnotes.txt\n", "console")
    session = highlight(">>> 1 + 1\n2\n", "pycon")
    difference = highlight("-old\n+new\n", "diff")

    assert '<span class="gp">$ </span>ls' in console
    assert '<span class="go">notes.txt</span>' in console
    assert '<span class="gp">&gt;&gt;&gt; </span>' in session
    assert '<span class="gd">-old</span>' in difference
    assert '<span class="gi">+new</span>' in difference


def test_regions_of_a_page_have_different_names():
    taken: set[str] = set()

    names = [
        re.search(r'aria-label="([^"]*)"', highlight("x", "go", taken_labels=taken))[1]
        for _ in range(3)
    ]

    assert names == ["Code: Go", "Code: Go, 2", "Code: Go, 3"]


@pytest.mark.parametrize(
    "code", ["word word \n" * 3000, "\n" * 9000, "{" * 60_000, "x" * 20_000], ids=len
)
def test_code_that_would_take_long_to_colour_is_plain_and_whole(code):
    html = highlight(code, "java")

    assert colouring_cost(code) > MOST_COLOURING
    assert 'data-language="java"' in html
    assert "<span class=" not in html.split("<code>")[1]
    assert text_of(html) == code.removesuffix("\n")


def test_a_thousand_lines_of_usual_code_are_coloured():
    assert colouring_cost(SOURCE * 170) < MOST_COLOURING


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", set()),
        ("  ", set()),
        ("3", {3}),
        ("3, 7-9", {3, 7, 8, 9}),
        ("3 7-9", {3, 7, 8, 9}),
        ("3;5", {3, 5}),
        ("7 - 9", {7, 8, 9}),
        ("2–4", {2, 3, 4}),
        ("1,1,1-2,", {1, 2}),
    ],
)
def test_lines_are_read(text, lines):
    assert parse_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("three", "“three” is not a line number or a range of lines. Write for example 3, 7-9."),
        ("3, x-9", "“x-9” is not a line number or a range of lines. Write for example 3, 7-9."),
        ("1-2-3", "“1-2-3” is not a line number or a range of lines. Write for example 3, 7-9."),
        ("0", "Lines are counted from 1. Write for example 3, 7-9."),
        ("9-7", "The range 9-7 ends before it begins. Write 7-9."),
        ("1-999999", "Line 999999 is too high. The highest is 100000."),
        ("٣", "“٣” is not a line number or a range of lines. Write for example 3, 7-9."),
    ],
)
def test_bad_lines_are_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        parse_lines(text)


def test_every_language_on_offer_is_known_and_has_one_label():
    labels = [label for _, label in LANGUAGES]

    assert LANGUAGES[0] == ("text", "Plain text")
    assert len(set(labels)) == len(labels) >= 40
    for alias, label in LANGUAGES:
        html = highlight("x", alias)
        assert f'data-language="{alias}"' in html
        assert f">{label}</span>" in html


def test_first_free_name():
    taken = {"a", "a-2", "a-3"}

    assert [first_free("a", taken, "-"), first_free("a", taken, "-")] == ["a-4", "a-5"]
    assert first_free("b", taken, "-") == "b"


def test_showable_text_can_be_written_to_xml():
    assert showable("a\x08b\x0cc\ufffe\r\n") == "a\ufffdb c\ufffd\n"
