"""How a question is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.questions import MOST_CHARACTERS, MOST_WORDS, read_question


def looked_for(typed: str) -> list[str]:
    """The clauses in short: words joined by spaces, `…` after one that may go on."""
    return [
        " ".join(clause.exact) + "…" * clause.is_beginning
        for clause in read_question(typed).clauses
    ]


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("kernel caches", ["kernel", "caches…"]),
        ("go", ["go"]),
        ('"kernel caches" tuning', ["kernel caches", "tuning…"]),
        ('tuning "kernel caches"', ["tuning", "kernel caches"]),
        ("“kernel caches”", ["kernel caches"]),
        ('"unclosed words', ["unclosed", "words…"]),
        ('a "b" c"', ["b", "c"]),
        ("snake_case", ["snake case…"]),
        ("3.11.7 torch.nn", ["3 11 7", "torch nn"]),
        ("open-source", ["open source…"]),
        ("搜索", ["搜 索"]),
        ("how to train the model", ["train", "model…"]),
        ("to be", ["to", "be"]),
        ('"to be"', ["to be"]),
        ("kernel kernel kernel", ["kernel", "kernel…"]),
        ("title:kernel", ["title kernel…"]),
        ("NEAR(kernel", ["near kernel…"]),
        ("kernel AND NOT cache", ["kernel", "not", "cache…"]),
        ("-kernel", ["kernel…"]),
        ("^kernel*", ["kernel…"]),
        ("% _ ((((", []),
        ("", []),
        (" \t\n ", []),
        ("\x00\ud800", []),
    ],
)
def test_what_is_looked_for(typed, clauses):
    assert looked_for(typed) == clauses


@pytest.mark.parametrize(
    ("typed", "text", "was_shortened"),
    [
        ("  kernel \x00 caches\n", "kernel caches", False),
        ("<b>&", "<b>&", False),
        ("x" * MOST_CHARACTERS, "x" * MOST_CHARACTERS, False),
        ("x" * 6_000, "x" * MOST_CHARACTERS, True),
        ("x " * MOST_WORDS, " ".join("x" * MOST_WORDS), False),
        ("x " * (MOST_WORDS + 1), " ".join("x" * (MOST_WORDS + 1)), True),
    ],
)
def test_a_long_question_is_cut_and_says_so(typed, text, was_shortened):
    question = read_question(typed)

    assert (question.text, question.was_shortened) == (text, was_shortened)


def test_without_a_full_answer_each_word_is_looked_for_by_itself():
    question = read_question('"the kernel of caches" torch.nn run')

    assert [(clause.exact, clause.is_beginning) for clause in question.single_words] == [
        (("kernel",), False),
        (("caches",), False),
        (("torch",), False),
        (("nn",), False),
        (("run",), True),
    ]


@given(st.text(max_size=2_000))
def test_any_text_is_a_question(typed):
    question = read_question(typed)

    assert len(question.text) <= MOST_CHARACTERS
    assert len(question.words) <= MOST_WORDS
    assert all(clause.stems for clause in question.clauses)
