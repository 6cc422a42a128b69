"""How an answer shows why it was found."""

from html import unescape

from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from search import highlighting
from search.highlighting import SNIPPET_LENGTH, marked
from search.questions import read_question
from search.texts import Section, in_lines


def clauses(question: str):
    return read_question(question).clauses


def snippet(prose: str, excerpt: str, sought) -> str:
    return highlighting.snippet([Section(prose=in_lines([prose]))], excerpt, sought).html


def test_hits_are_marked_in_every_inflection_and_as_they_are_spelled():
    assert marked("Caching the CACHES, naïvely", clauses("naive cache")) == (
        "<mark>Caching</mark> the <mark>CACHES</mark>, <mark>naïvely</mark>"
    )


def test_text_is_escaped_inside_and_outside_of_marks():
    assert marked("<b>run</b> & <i>", clauses("run")) == (
        "&lt;b&gt;<mark>run</mark>&lt;/b&gt; &amp; &lt;i&gt;"
    )
    assert marked("O'Neill's <script>", clauses("o'neill's")) == (
        "<mark>O&#x27;Neill&#x27;s</mark> &lt;script&gt;"
    )


def test_a_phrase_is_marked_as_a_whole_and_only_there():
    assert marked("source of open source", clauses('"open source"')) == (
        "source of <mark>open source</mark>"
    )


def test_the_last_word_marks_what_begins_with_it():
    assert marked("Kernels in a kern", clauses("kern")) == (
        "<mark>Kernels</mark> in a <mark>kern</mark>"
    )
    assert marked("Kernels", clauses("kern code")) == "Kernels"


def test_the_snippet_is_where_most_of_the_words_are():
    body = f"A kernel. {'Filler goes on. ' * 40}Here kernel caches meet.{' More filler.' * 40}"

    found = snippet(body, "", clauses("caches kernel"))

    assert "Here <mark>kernel</mark> <mark>caches</mark> meet." in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(strip_tags(found)) <= SNIPPET_LENGTH + 50


def test_a_short_body_is_shown_whole():
    assert snippet("Two\n\n words", "", clauses("words")) == "Two <mark>words</mark>"


def test_without_a_hit_in_the_body_the_excerpt_is_shown():
    assert snippet("body " * 100, "The <excerpt>.", clauses("title")) == "The &lt;excerpt&gt;."


def test_without_an_excerpt_the_beginning_is_shown():
    assert snippet("Once upon a time. " * 50, "", clauses("title")).startswith("Once upon a time.")
    assert snippet("", "", clauses("title")) == ""


def test_a_text_without_spaces_is_cut_all_the_same():
    found = snippet(f"{'搜索引擎' * 200}kernel{'全文检索' * 200}", "", clauses("kernel"))

    assert "<mark>kernel</mark>" in found
    assert len(strip_tags(found)) <= SNIPPET_LENGTH + 10


@given(st.text(), st.text())
def test_marks_change_no_text(text, question):
    shown = marked(text, clauses(question))

    assert unescape(shown.replace("<mark>", "").replace("</mark>", "")) == text


@given(st.text(max_size=1_000), st.text(max_size=50))
def test_a_snippet_is_a_piece_of_the_text(text, question):
    shown = snippet(text, "", clauses(question)).replace("<mark>", "").replace("</mark>", "")

    assert unescape(shown).removeprefix("… ").removesuffix(" …") in " ".join(text.split())
