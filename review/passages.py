"""What a remark is on: the pieces of a body, such as a paragraph, a heading or a figure, in words.

A post may be one block of Markdown with a hundred paragraphs, so the piece that is remarked on is
an element of a block's HTML. It is found by reading the HTML once, and not by changing it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from itertools import accumulate
from typing import NamedTuple

from wagtail.blocks import StreamValue

NOTES = "notes"  # stands for the id of a block where a body's notes are, which belong to none
KINDS = {
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], "heading"),
    **dict.fromkeys(["ul", "ol", "dl"], "list"),
    **dict.fromkeys(["figure", "img", "svg", "embed", "picture", "iframe"], "figure"),
    "p": "paragraph",
    "pre": "code",
    "table": "table",
    "blockquote": "quote",
    "hr": "line",
    "math": "formula",
    "details": "details",
    "aside": "note",
    "section": "section",
}
CLASSES = {"codeblock": "code", "tablewrap": "table", "card-grid": "cards", "cards": "cards"}
VOID = {
    *["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"],
    *["track", "wbr"],
}
INLINE = {
    *["a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q"],
    *["s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"],
    *["mi", "mn", "mo", "mrow", "msub", "msup"],
}
UNREAD = {"script", "style", "annotation", "template"}


class Element(NamedTuple):
    """An outermost element of some HTML: where it ends there, what it is, its words."""

    end: int
    kind: str
    text: str


@dataclass(frozen=True)
class Piece:
    """A piece of a body: the block it is in, which one of the block's it is, from 0, its words."""

    block_id: str
    number: int
    kind: str
    text: str

    @property
    def key(self) -> str:
        """Names it in addresses and forms, for one version of the body."""
        return f"{self.block_id}.{self.number}"


@dataclass(frozen=True)
class Words:
    """The words of a version, piece after piece, as one text in which places can be looked up."""

    pieces: Sequence[Piece]

    @cached_property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)

    @cached_property
    def starts(self) -> list[int]:
        """Where each piece starts in the text."""
        ends = accumulate((len(piece.text) + 1 for piece in self.pieces), initial=0)
        return list(ends)[: len(self.pieces)]

    @cached_property
    def spans(self) -> dict[str, tuple[int, int]]:
        """From where to where each block goes, that has pieces."""
        found: dict[str, tuple[int, int]] = {}
        for start, piece in zip(self.starts, self.pieces, strict=True):
            first, _ = found.get(piece.block_id, (start, 0))
            found[piece.block_id] = (first, start + len(piece.text))
        return found

    def piece_at(self, place: int) -> Piece:
        return self.pieces[bisect_right(self.starts, place) - 1]

    def start_of(self, piece: Piece) -> int:
        return self.starts[self.pieces.index(piece)]

    def piece_of(self, key: str) -> Piece | None:
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Piece]:
        return {piece.key: piece for piece in self.pieces}


def words_of(body: StreamValue, html: Sequence[str]) -> Words:
    """The words of a body, whose HTML is given block by block; notes may follow."""
    return Words([piece for pieces in laid_out(body, html) for piece, _ in pieces])


def laid_out(body: StreamValue, html: Sequence[str]) -> list[list[tuple[Piece, int]]]:
    """For each part its pieces, each with where it ends in the part's HTML."""
    return [
        [
            (Piece(block_id, number, element.kind, element.text), element.end)
            for number, element in enumerate(elements_of(part))
        ]
        for block_id, part in zip(ids_of(body, len(html)), html, strict=True)
    ]


def ids_of(body: StreamValue, count: int) -> list[str]:
    """A name for each of so many parts of a body: its block's id, or else its place."""
    ids = [str(raw.get("id") or f"block-{place}") for place, raw in enumerate(body.raw_data)]
    return [*ids[:count], *[NOTES] * (count - len(ids))]


def elements_of(html: str) -> list[Element]:
    """The outermost elements of some HTML, in one reading of it."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.found


def in_one_line(text: str) -> str:
    """The text as it is compared: any run of spaces and line ends is one space."""
    return " ".join(text.split())


class _Reader(HTMLParser):
    """Notes where outermost elements end, and the words in them."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self.html = html
        self.lines = list(
            accumulate(
                (len(line) for line in html.split("\n")[:-1]),
                lambda start, size: start + size + 1,
                initial=0,
            )
        )
        self.open: list[str] = []
        self.unread = 0  # the depth from which words are not read, 0 where they are
        self.kind = ""
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = (dict(attrs).get("class") or "").split()
        if not self.open:
            self.kind = next((CLASSES[name] for name in names if name in CLASSES), "") or KINDS.get(
                tag, "part"
            )
            self.words = []
        self._read_description(tag, attrs)
        if tag in VOID:
            if not self.open:
                self._end_at(self._place() + len(self.get_starttag_text()))
            return
        self.open.append(tag)
        is_way_back = dict(attrs).get("role") == "doc-backlink"
        if not self.unread and (tag in UNREAD or "anchor" in names or is_way_back):
            self.unread = len(self.open)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if self.open and tag not in VOID:  # as in drawings and formulas
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in self.open:
            return
        if tag not in INLINE:
            self.words.append(" ")
        while self.open.pop() != tag:
            pass
        if len(self.open) < self.unread:
            self.unread = 0
        if not self.open:
            self._end_at(self._end_of_tag())

    def handle_data(self, data):
        if self.open and not self.unread:
            self.words.append(data)

    def finish(self):
        if self.open:
            self._end_at(len(self.html))

    def _read_description(self, tag, attrs):
        if tag not in INLINE:
            self.words.append(" ")
        if tag in {"img", "embed"} and not self.unread:
            self.words += [dict(attrs).get("alt") or "", " "]

    def _end_at(self, place: int):
        self.found.append(Element(place, self.kind, in_one_line("".join(self.words))))

    def _place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def _end_of_tag(self) -> int:
        return self.html.find(">", self._place()) + 1 or len(self.html)
