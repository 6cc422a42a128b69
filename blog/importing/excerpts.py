"""The plain sentences that stand for a post in lists."""

import re
from collections.abc import Iterable

from blog.importing.documents import ImportedBlock
from blog.importing.markdown_source import FOOTNOTE, plain_words, top_level, words_of

LONGEST = 300
LONGEST_MADE = 200
LONG_ENOUGH = 80
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+(?=[\"“‘«(\[]?\w)")
MARKER = re.compile("\ue000[0-9]+\ue001|\ue006[0-9]+\ue007")


def cut(words: str, longest: int) -> str:
    """The words, cut at a space and ended with an ellipsis where they are longer than that."""
    if len(words) <= longest:
        return words
    room = words[: longest - 1]
    return (room.rpartition(" ")[0] or room).rstrip(" ,;:–—-") + "…"


def written_excerpt(words: str, notes: list[str]) -> str:
    """The excerpt that a document gives, as plain words."""
    plain = FOOTNOTE.sub("", plain_words(words))
    if len(plain) > LONGEST:
        notes.append(f"The excerpt had {len(plain)} characters and was cut to {LONGEST}.")
    return cut(plain, LONGEST)


def made_excerpt(blocks: Iterable[ImportedBlock], title: str) -> str:
    """The first plain sentences of a body, or the title where a body has none."""
    chosen: list[str] = []
    for sentence in _sentences(blocks):
        length = len(" ".join(chosen))
        is_enough = length >= LONG_ENOUGH and not chosen[-1].endswith(":")
        if chosen and (is_enough or length + 1 + len(sentence) > LONGEST_MADE):
            break
        chosen.append(sentence)
    while len(chosen) > 1 and chosen[-1].endswith(":"):  # It announces what is not there.
        chosen.pop()
    return cut(" ".join(chosen) or title, LONGEST_MADE)


def _sentences(blocks: Iterable[ImportedBlock]):
    """The sentences of the paragraphs and quotes, in order."""
    for block in blocks:
        if block.kind != "markdown":
            continue
        for part in top_level(block.value):
            if part.kind in {"paragraph_open", "blockquote_open"}:
                for token in part.tokens:
                    words = words_of(token) if token.type == "inline" else ""
                    words = FOOTNOTE.sub("", MARKER.sub("", words))
                    yield from filter(None, map(str.strip, _split(words)))


def _split(words: str) -> list[str]:
    pieces, begin = [], 0
    for match in SENTENCE_END.finditer(words):
        pieces.append(words[begin : match.end()])
        begin = match.end()
    return [*pieces, words[begin:]]
