"""How a text is cut into words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words import LONGEST, forms_of, printable, tokens


def exact(text: str) -> list[str]:
    return [token.exact for token in tokens(text)]


def stems(text: str) -> list[str]:
    return [token.stem for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kernel KERNEL kernel", ["kernel"] * 3),
        ("café cafe\u0301 CAFÉ", ["cafe"] * 3),
        ("Ærøskøbing Straße İstanbul Łódź", ["aeroskobing", "strasse", "istanbul", "lodz"]),
        ("ﬁne ＷＩＤＥ x²", ["fine", "wide", "x2"]),
        ("don’t the author's", ["dont", "the", "authors"]),
        ("snake_case torch.nn 3.11.7 C++", ["snake", "case", "torch", "nn", "3", "11", "7", "c"]),
        ("搜索 データ 한국어 हिन्दी", ["搜", "索", "デ", "ー", "タ", "한국어", "हिन्दी"]),
        ("😀 -- ((( \x00 _ '", []),
        ("", []),
    ],
)
def test_exact_forms(text, expected):
    assert exact(text) == expected


def test_stems_join_inflections_and_keep_names_of_things():
    assert stems("Kernels kernel running runs author's caching caches 3d 搜") == [
        *["kernel", "kernel", "run", "run", "author", "cach", "cach", "3d", "搜"]
    ]


def test_tokens_know_their_place():
    text = "Über  naïve-caches."

    assert [text[token.start : token.end] for token in tokens(text)] == ["Über", "naïve", "caches"]


def test_a_word_without_end_is_kept_to_its_beginning():
    assert exact("x" * 10_000) == ["x" * LONGEST]


@given(st.text())
def test_forms_are_whole_words_for_every_database(text):
    for token in tokens(text):
        for form in (token.exact, token.stem):
            assert form
            assert len(form) <= LONGEST
            assert not set(form) & set(" '\"\\=:*_()\x00")
            kinds = {unicodedata.category(character) for character in form}
            assert not kinds & {"Zs", "Zl", "Zp", "Cc", "Cs"}


@given(st.text())
def test_folding_twice_changes_nothing(text):
    for token in tokens(text):
        assert forms_of(token.exact)[0] == token.exact


@given(st.text())
def test_printable_text_can_be_stored(text):
    assert "\x00" not in printable(text)
    printable(text + "\ud800").encode()
