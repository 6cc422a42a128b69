"""How a text is cut into words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words import (
    LONGEST,
    as_typed,
    folded_text,
    forms_of,
    humps,
    kept_whole,
    printable,
    symbols,
    tokens,
)


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use torch.nn.functional, or snake_case.", ["torch.nn.functional", "snake_case"]),
        ("pass --no-cache (or -v) to 3.11.7!", ["--no-cache", "-v", "3.11.7"]),
        ("C++ and C# read .env; see a/b.py:", ["C++", "C#", ".env", "a/b.py"]),
        ("GradientTape, HTTPServer, Title, WORD", ["GradientTape", "HTTPServer"]),
        ("foo(bar.baz)[x_1]", ["bar.baz", "x_1"]),
        ("std::vector<int> __ ++ x = y", ["std::vector", "__", "++"]),
        ("Plain words. Nothing (else), he said: “no”!", []),
    ],
)
def test_symbols(text, expected):
    assert list(symbols(text)) == expected


def test_humps_are_the_words_of_a_name():
    assert humps("GradientTape") == ["Gradient", "Tape"]
    assert humps("parseHTTPResponse") == ["parse", "HTTP", "Response"]
    assert humps("BatchNorm2d") == ["Batch", "Norm", "2d"]
    assert humps("Float32Array") == ["Float", "32", "Array"]
    assert humps("GPT4") == ["GPT", "4"]
    assert humps("plain") == humps("x_1") == humps("utf8") == humps("3D") == humps("A1B2C3") == []


@given(st.text())
def test_a_symbol_is_one_word_for_every_database(text):
    for symbol in symbols(text):
        kept = kept_whole(symbol)
        assert as_typed(kept) == symbol.lower()
        assert all(sign.isalnum() or ord(sign) > 127 for sign in kept)


def test_a_whole_text_is_folded_as_its_words_are():
    assert folded_text("“Café”, Straße ﬁne – ØRE!") == "“cafe”, strasse fine – ore!"
