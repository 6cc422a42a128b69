"""Questions of each kind have the pages as answers that they are true of."""

from collections import Counter
from random import Random

import pytest

from bench.quality.kinds import (
    KINDS,
    Corpus,
    bases,
    identifiers,
    inflected,
    joinings,
    mistyped,
    questions_of,
    splittings,
    words,
)
from bench.quality.reading import Text

PROSE = "The collector pauses while threads wait. Caching helps, and caches fill quickly."


def corpus(*texts: Text) -> Corpus:
    return Corpus(texts)


def made(kind: str, *texts: Text, seed: int = 1) -> dict[str, frozenset[int]]:
    """The questions of one kind and their answers."""
    return {one.text: one.relevant for one in KINDS[kind](corpus(*texts), Random(seed))}


def test_words_keep_versions_and_names_together():
    assert words("Rust 1.88.0 isn't torch.nn, ÜBER open-source. End") == [
        *["rust", "1.88.0", "isn't", "torch.nn", "über", "open", "source", "end"],
    ]


def test_identical_titles_count_alike():
    found = made("title", Text(1, "On caches"), Text(2, "On  Caches!"), Text(3, "Caches"))

    assert found == {
        "On caches": {1, 2},
        "On  Caches!": {1, 2},
        "Caches": {3},
    }


def test_a_title_without_a_telling_word_is_no_question():
    assert made("title", Text(1, "What is it?")) == {}


def test_keywords_are_the_words_that_are_rare_elsewhere():
    others = ["quokka", "wombat", "marsupial", *["network"] * 9]
    texts = [Text(pk, f"Post {pk}", prose=prose) for pk, prose in enumerate(others, 2)]
    own = "quokka quokka wombat wombat marsupial marsupial network"

    assert made("keywords", Text(1, "Post", prose=own), *texts) == {"marsupial quokka wombat": {1}}


def test_a_heading_is_answered_by_every_page_that_has_it():
    found = made(
        "heading",
        Text(1, "One", headings=("Reading the tables", "Conclusion")),
        Text(2, "Two", headings=("Reading the Tables",)),
        Text(3, "Reading the tables"),
        *(Text(number, "More", headings=("Known problems found",)) for number in range(4, 9)),
    )

    assert found == {"Reading the tables": {1, 2, 3}}


def test_a_phrase_stands_in_a_sentence_of_each_page_that_answers():
    (typed, relevant), *_ = made(
        "phrase", Text(1, "One", prose=PROSE), Text(2, "Two", prose=PROSE)
    ).items()

    assert 4 <= len(words(typed)) <= 6
    assert typed in PROSE
    assert ". " not in typed
    assert relevant == {1, 2}


def test_an_identifier_is_answered_by_pages_that_have_it_by_itself():
    found = made(
        "identifier",
        Text(1, "One", code="read_rows(x)  # see readRows and plain words"),
        Text(2, "Two", prose="Call read_rows now."),
        Text(3, "Three", prose="Call read_rows_twice or pread_rows."),
    )

    assert found == {"read_rows": {1, 2}, "readRows": {1}}


def test_identifiers_are_no_plain_words():
    code = (
        "import torch.nn as nn; run --no-cache -x std::mem::swap MyClass a_b_c word well-known 3.14"
    )

    assert list(identifiers(code)) == [
        *["torch.nn", "--no-cache", "std::mem::swap", "MyClass", "a_b_c"],
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("caches", ["cach", "cache"]),
        ("caching", ["cach", "cache"]),
        ("planned", ["plan", "plann", "planne"]),
        ("queries", ["query"]),
        ("process", []),
        ("string", ["stre"]),
        ("news", []),
    ],
)
def test_bases(word, expected):
    assert sorted(set(bases(word))) == expected


def test_a_word_takes_the_forms_that_are_in_use():
    frequency = Counter(["cache", "cache", "caching", "caching", "cached"])

    assert inflected("caches", frequency) == ["cache", "caching"]
    assert inflected("quokka", frequency) == []


def test_an_inflected_title_is_answered_by_the_titles_with_its_own_words():
    prose = "caching caches"
    found = made(
        "inflection",
        Text(1, "Caches explained", prose=prose),
        Text(2, "How caches were explained", prose=prose),
        Text(3, "Caching told", prose=prose),
    )

    assert found["caching explained"] == {1, 2}


def test_compounds_are_joined_and_split():
    frequency = Counter({"note": 3, "book": 3, "not": 9, "for": 9, "ward": 9})

    assert joinings(["code", "base", "3.1"]) == [["codebase", "3.1"]]
    assert splittings(["a", "notebook", "forward"], frequency) == [["a", "note", "book", "forward"]]


def test_a_beginning_is_answered_by_every_title_that_begins_so():
    found = made(
        "prefix", Text(1, "Reading tables"), Text(2, "Reading trees"), Text(3, "Short one")
    )

    assert set(found) <= {"Reading " + last[:n] for last in ("tables", "trees") for n in range(6)}
    for typed, relevant in found.items():
        assert relevant == {
            pk
            for pk, title in {1: "Reading tables", 2: "Reading trees"}.items()
            if title.startswith(typed)
        }


def test_mistyping_keeps_the_first_letter_and_is_near():
    chance = Random(3)
    for _ in range(300):
        once, twice = mistyped("kernel", chance, 1), mistyped("scheduling", chance, 2)

        assert (once[0], twice[0]) == ("k", "s")
        assert abs(len(once) - 6) <= 1
        assert abs(len(twice) - 10) <= 2


def test_a_typo_is_no_word_of_the_publication():
    for seed in range(50):
        ((typed, relevant),) = made("typo", Text(1, "Scheduling kernels"), seed=seed).items()

        assert len({"scheduling", "kernels"} & set(words(typed))) == 1
        assert relevant == {1}


def test_a_synonym_stands_for_a_word_of_the_title():
    (question,) = KINDS["synonym"](corpus(Text(1, "Garbage collection")), Random(1))
    ((typed, word),) = question.synonyms

    assert word in {"garbage", "collection"}
    assert question.text.replace(typed, word) == "garbage collection"
    assert question.relevant == {1}


def test_a_tag_is_answered_by_all_that_carry_it():
    found = made("tag", Text(1, "One", tags=("rust", "gpu")), Text(2, "Two", tags=("rust",)))

    assert found == {"rust": {1, 2}, "gpu": {1}}


def test_the_words_of_a_link_are_answered_by_the_page_it_leads_to():
    texts = [
        Text(1, "Source", links=(("cache cleaning", 2), ("this old post", 2), ("cache lines", 9))),
        Text(2, "On cleaning a cache"),
    ]
    (question,) = KINDS["link anchor"](corpus(*texts), Random(1))

    assert question.text == "cache cleaning"
    assert (question.relevant, question.passed_over) == ({2}, {1})


def test_titles_that_many_pages_share_are_not_asked_for_by_their_words():
    texts = [Text(number, f"Weekly report {number}x") for number in range(4)]
    texts += [Text(number, "Weekly report") for number in range(4, 9)]

    assert all("x " in f"{typed} " for typed in made("synonym", *texts))


def test_the_same_seed_gives_the_same_questions():
    texts = [
        Text(number, f"Reading {word} tables", prose=PROSE, tags=(word,))
        for number, word in enumerate(["green", "orange", "yellow", "violet", "purple"])
    ]

    first = questions_of(corpus(*texts), 3, 1)

    assert first == questions_of(corpus(*texts), 3, 1)
    assert first != questions_of(corpus(*texts), 3, 2)
    assert max(Counter(question.kind for question in first).values()) == 3
    assert len({(question.kind, question.text) for question in first}) == len(first)


def test_a_publication_without_posts_gives_no_questions():
    assert questions_of(corpus(), 3, 1) == []
