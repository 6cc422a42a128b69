"""How an answer shows why it was found."""

from html import escape, unescape
from string import ascii_lowercase

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from search import highlighting
from search.highlighting import LONGEST_HIT, SNIPPET_LENGTH, hits_in, marked
from search.presence import Look, seen_in
from search.questions import read_question
from search.texts import Section, in_lines


def clauses(question: str):
    return read_question(question).clauses


def snippet(prose: str, excerpt: str, sought) -> str:
    seen = seen_in([Section(prose=in_lines([prose]))], Look(sought))
    return highlighting.snippet(seen, excerpt, sought).html


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


@pytest.mark.parametrize(
    ("word", "question"),
    [
        *[
            (word, word)
            for word in ["tuning", "making", "writing", "dying", "running", "don't", "l'été", "½"]
        ],
        ("running", "run"),
        ("tunes", "tuning"),
        ("dies", "dying"),
        ("probable", "probability"),
        ("GradientTape", "tape"),
        ("BatchNorm2d", '"batch norm"'),
        ("++", "++"),
        ("__", "a __"),
    ],
)
def test_a_word_is_seen_in_every_form_it_is_found_by(word, question):
    sections = [
        Section("setup", "Set-up", "Nothing."),
        Section("here", "Here", f"It is {word} then.", code="x"),
    ]
    found = highlighting.snippet(seen_in(sections, Look(clauses(question))), "", clauses(question))

    assert found.section == sections[1]
    assert found.html == f"It is <mark>{escape(word)}</mark> then."
    assert found.fragment.startswith("#here:~:text=It%20is-,")


def test_a_symbol_inside_a_phrase_is_marked():
    shown = marked(
        "Then GradientTape and torch.nn run.", clauses('"use torch.nn" "the GradientTape"')
    )

    assert shown == "Then <mark>GradientTape</mark> and <mark>torch.nn</mark> run."


def test_the_end_of_a_word_is_not_the_word():
    seen = seen_in(
        [Section("a", "", "A retuning of database.name")], Look(clauses("tuning base.name"))
    )

    assert highlighting.snippet(seen, "Excerpt", clauses("tuning base.name")).html == "Excerpt"


@pytest.mark.parametrize("question", ['"quokka ++"', "quokka(++)", "quokka[__]", "quokka(..)"])
def test_signs_beside_a_word_change_nothing(question):
    assert clauses(question) == clauses('"quokka"' if '"' in question else "quokka")
    assert marked("A quokka ++ and __", clauses(question)) == "A <mark>quokka</mark> ++ and __"


def test_a_word_without_end_is_marked_as_far_as_it_is_shown():
    section = Section("a", "", f"{'lead ' * 60}{'abcdefgh' * 400}{' end' * 60}")
    found = highlighting.snippet(
        seen_in([section], Look(clauses("abcdefgh"))), "", clauses("abcdefgh")
    )

    assert f"<mark>{('abcdefgh' * 400)[:LONGEST_HIT]}</mark>" in found.html
    assert found.fragment == "#a"


@pytest.mark.parametrize("length", [6, 12, 14, 16])
def test_a_long_phrase_is_shown_whole(length):
    phrase = " ".join(f"{letter}transformer" for letter in ascii_lowercase[:length])
    section = Section("a", "", f"{'lead ' * 60}{phrase}.{' end' * 60}")
    asked = clauses(f'"{phrase}"')
    found = highlighting.snippet(seen_in([section], Look(asked)), "", asked)

    assert f"<mark>{phrase}</mark>" in found.html
    assert found.fragment == f"#a:~:text=lead%20lead%20lead-,{phrase.replace(' ', '%20')}"


def test_the_best_of_a_very_long_text_is_shown():
    text = f"kernel {'filler word, ' * 3_000}the kernel caches. {'filler word, ' * 3_000}"
    section = Section("a", "", text)
    found = highlighting.snippet(
        seen_in([section], Look(clauses("kernel caches"))), "", clauses("kernel caches")
    )

    assert "the <mark>kernel</mark> <mark>caches</mark>." in found.html


TEXTS = st.text(
    alphabet=st.sampled_from("abAB1. \n\"'’-_+搜索é\u0301½ﬁ()")
    | st.characters(codec="utf-8", exclude_categories=["No"]),
    max_size=1_000,
)


@st.composite
def texts_and_questions(draw):
    """A text, and a question made of pieces of it."""
    text = draw(TEXTS) * draw(st.sampled_from([1, 1, 2, 40]))
    places = st.tuples(st.integers(0, len(text)), st.integers(1, 40) | st.just(300))
    pieces = [text[start : start + length] for start, length in draw(st.lists(places, max_size=4))]
    pieces.append(draw(st.sampled_from(["", "++", "ing"])))
    joint, question = draw(st.sampled_from([" ", "", '" "'])), draw(st.sampled_from(["%s", '"%s"']))
    return text, question.replace("%s", joint.join(pieces))


@given(texts_and_questions())
def test_marks_change_no_text(drawn):
    text, question = drawn
    shown = marked(text, clauses(question))

    assert unescape(shown.replace("<mark>", "").replace("</mark>", "")) == text


@given(texts_and_questions())
def test_a_snippet_is_a_piece_of_the_text(drawn):
    text, question = drawn
    shown = snippet(text, "", clauses(question)).replace("<mark>", "").replace("</mark>", "")

    assert unescape(shown).removeprefix("… ").removesuffix(" …") in " ".join(text.split())


@given(texts_and_questions())
def test_what_is_marked_is_seen_and_what_is_seen_is_marked(drawn):
    text, question = drawn
    asked = [clause for clause in clauses(question) if not clause.is_of_signs]
    look = Look(asked)

    assert {hit.clause for hit in hits_in(text, asked)} <= look.at(text).clauses
    assert bool(look.at(text).clauses) == bool(list(hits_in(text, asked)))
