"""From a text to the words it is found by: the same for every page, question and database.

A text is cut into tokens, each with its place in the text. A token is known by two forms:
`exact`, its folded spelling (no case, no diacritics, compatibility forms made plain), and `stem`,
what remains of an English word without its inflection. Both databases store these forms as they
are and never cut or fold a text themselves, which is why they give the same answers.

Beside its words a text has symbols: names and signs of code that punctuation or capitals hold
together (`torch.nn`, `--no-cache`, `C++`, `.env`, `GradientTape`), each kept whole.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from sys import maxsize

import snowballstemmer

# Raise it when the same text is to give other words: the index is then brought up to date by the
# next migration or `update_search`.
EDITION = 3
LONGEST = 64  # Characters of a word that count; both databases limit what they can store.

# Ideographs and kana, which are written without spaces: each is a word of its own.
SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
)
SINGLES = re.compile(f"[{SINGLE}]")
JOINED = f"[^\\W_{SINGLE}]"  # What stands in a word beside other letters.
LETTER = f"(?:{JOINED}|[{re.escape(MARKS)}])"
TOKEN = re.compile(f"[{SINGLE}]|{LETTER}+(?:['’]{LETTER}+)*")
LATIN_MARKS = re.compile("[\u0300-\u036f]+")
APOSTROPHES = str.maketrans("", "", "'’")
# Letters that Unicode does not take apart into a plain letter and a mark.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
HAS_PLAIN = re.compile(f"[{''.join(map(chr, PLAIN_LETTERS))}]")
ENGLISH = re.compile("[a-z]+(?:'[a-z]+)*")
# Anything a text may hold that is neither a character nor a space between characters.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]+")
# What may stand in a symbol beside letters and digits, what may not begin and not end one.
INSIDE_SYMBOLS = r"\w.+#@$%&*/\\:~?!-"
SYMBOL = re.compile(f"[{INSIDE_SYMBOLS}]+", re.ASCII)
BEFORE_SYMBOLS = "?!:*&%,;"
AFTER_SYMBOLS = ".:?!-/,;&@$%~\\*"
# The words of a name like camelCase, HTTPServer, BatchNorm2d or GPT4; 3D and A1B2 are none.
HUMPS = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+[a-z]*")
HUMPED = re.compile("(?=[A-Za-z0-9]*[A-Z])(?=[0-9]*[A-Za-z]{2})[A-Za-z0-9]{3,64}")
# Databases part texts at punctuation, so in a symbol it is replaced by characters of nobody's.
_KEPT = {code: chr(0xE000 + code) for code in range(128) if not chr(code).isalnum()}
_TYPED = {0xE000 + code: chr(code) for code in _KEPT}
BORDER = chr(0xE000)  # Keeps a phrase from reaching from one name to the next.

_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()  # The stemmer keeps its state in itself.


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: where it stands, and the two forms it is known by."""

    start: int
    end: int
    exact: str
    stem: str


def printable(text: str) -> str:
    """The text without control characters and lone surrogates, which databases refuse."""
    return UNPRINTABLE.sub(" ", text)


def tokens(text: str, start: int = 0, end: int = maxsize) -> Iterator[Token]:
    """The words of the text, or of a part of it, in their order."""
    for match in TOKEN.finditer(text, start, end):
        exact, stem = forms_of(match.group()[: 4 * LONGEST])
        if exact:
            yield Token(match.start(), match.end(), exact, stem)


@lru_cache(maxsize=65_536)
def forms_of(word: str) -> tuple[str, str]:
    """The exact form and the stem of one word; both empty when nothing of it can be kept."""
    spelling = folded(word)
    exact = spelling.translate(APOSTROPHES)[:LONGEST]
    if not ENGLISH.fullmatch(spelling):
        return exact, exact
    with _stemmer_lock:
        stem = _stemmer.stemWord(spelling)
    return exact, stem.translate(APOSTROPHES)[:LONGEST]


def folded(word: str) -> str:
    """The word without what spellings of the same word differ in: case, diacritics, width."""
    kept = folded_text(word).replace("’", "'")
    return "".join(TOKEN.findall(kept))


def folded_text(text: str) -> str:
    """A whole text folded as words are, but for its punctuation: to look for letters in it."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold()
    if HAS_PLAIN.search(plain):  # Looking is much quicker than translating.
        plain = plain.translate(PLAIN_LETTERS)
    parts = LATIN_MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return unicodedata.normalize("NFC", parts)


def symbols(text: str) -> Iterator[str]:
    """The symbols of the text as they are typed, without the punctuation of the sentence."""
    for match in SYMBOL.finditer(text):
        symbol = match.group().lstrip(BEFORE_SYMBOLS).rstrip(AFTER_SYMBOLS)[: 2 * LONGEST]
        is_joined = len(symbol) > 1 and not symbol.isalnum()
        if is_joined or len(humps(symbol)) > 1:
            yield symbol


def kept_whole(symbol: str) -> str:
    """The one word that a symbol is stored as, in any case of its letters."""
    return symbol.lower().translate(_KEPT)[: 2 * LONGEST]


def as_typed(kept: str) -> str:
    """A symbol that was kept whole, with its punctuation, in small letters."""
    return kept.translate(_TYPED)


def is_kept(word: str) -> bool:
    """Whether it is a symbol that was kept whole, with signs in it."""
    return any(ord(character) in _TYPED for character in word)


def humps(symbol: str) -> list[str]:
    """The words of a name that capitals and digits hold together; one or none if it is no such
    name.
    """
    return HUMPS.findall(symbol) if HUMPED.fullmatch(symbol) else []
