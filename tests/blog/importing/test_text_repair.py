from pathlib import Path

import pytest

from blog.importing import UnreadableDocument
from blog.importing.text_repair import decode, repair

PATH = Path("post.md")


def garbled(text: str) -> str:
    """The text as it looks when its UTF-8 has been read as Mac Roman."""
    return "".join(
        character if character.isascii() else character.encode().decode("mac_roman")
        for character in text
    )


@pytest.mark.parametrize(
    "meant",
    [
        "It didn’t — we “knew” it…",
        "a lone — dash",
        "an emoji 🔧 and a flag 🇸🇪",
        "café, naïve, Ærø and 20 °C",
        "Привет, мир",
        "Ελληνικά",
        "中文字符",
        "≤ and →",
    ],
)
def test_utf8_that_was_read_as_mac_roman_is_repaired(meant):
    assert repair(garbled(meant)).text == meant


def test_the_first_byte_of_an_emoji_is_an_apple_in_mac_roman():
    assert garbled("🔧")[0] == "\uf8ff"
    assert repair("\uf8ffüîß").text == "🔧"


def test_garbled_and_good_characters_side_by_side():
    assert repair(f"“{garbled('—')}” and é{garbled('’')}").text == "“—” and é’"


@pytest.mark.parametrize(
    "text",
    [
        "l’été, “État”, «Éric», d’Édouard — œuvre",
        "√π and 2√π, ¬π, E = ∑ µ ≤ ≥ ∞",
        "“É”, –é, ’é",
        "Ångström, Øresund, ß, ï, ÿ, Żółć, Dvořák, ſ",
        "straight ' and \" and ﬁ stay, ｗｉｄｅ too",
        "&amp; &lt;b&gt; &nbsp;",
        "日本語 한국어 العربية 👩‍💻 🇩🇪",
        "🍎 and \uf8ff alone",
    ],
)
def test_text_that_is_meant_so_is_left_alone(text):
    assert repair(text).text == text


def test_mathematics_is_repaired_only_where_the_text_is_garbled_elsewhere():
    assert repair(f"o{garbled('ù')}?").text == "o√π?"
    assert repair(f"o{garbled('ù')} — {garbled('—')}").text == "où — —"


def test_utf8_that_was_read_as_windows_1252_is_repaired():
    assert repair("It didnâ€™t, and cafÃ© too.").text == "It didn’t, and café too."


def test_the_note_counts_and_shows_what_was_repaired():
    notes = repair(garbled("’ ’ —") + "\x07").notes

    assert notes == (
        "Repaired 3 garbled sequences: ‚Äô → ’, ‚Äî → —.",
        "Removed 1 control character.",
    )


def test_line_ends_and_invisible_characters():
    assert repair("a\r\nb\rc\u2028d\x0ce\x00\x08f\ufeffg\x9ah").text == "a\nb\nc\nd\nefgšh"


def test_what_readers_mark_places_with_cannot_come_from_a_document():
    assert repair("a\ue0000\ue001b").text == "a0b"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é".encode(), "é"),
        ("é".encode("utf-8-sig"), "é"),
        ("é".encode("utf-16"), "é"),
        ("“é”".encode("cp1252"), "“é”"),
        ("é and ".encode() + b"\xe9", "é and é"),
        (b"\x81 and \xe9", "\x81 and é"),
    ],
)
def test_bytes_are_decoded_as_what_they_are(data, text):
    assert decode(data, PATH).text == text


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", None, "empty"),
        (b" \n\n", None, "empty"),
        (b"one\ntwo\x00", 2, "NUL"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 3, "NUL"),
        (b"\x01\x02\x03\x04 text", None, "not a text"),
        (b"\xff\xfe\x00\xd8\x00", 1, "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(data, line, words):
    with pytest.raises(UnreadableDocument) as refusal:
        decode(data, PATH)

    assert refusal.value.line == line
    assert words in refusal.value.message
