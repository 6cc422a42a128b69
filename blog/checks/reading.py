"""A body, read once: its links, pictures, headings, code and words, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token
from wagtail.blocks import StreamValue

from blog.blocks import (
    BibliographyBlock,
    CalloutBlock,
    CardGridBlock,
    CodeBlock,
    DataTableBlock,
    DiagramBlock,
    EmbedBlock,
    EquationBlock,
    FigureBlock,
    MarkdownBlock,
    NotebookBlock,
    ProseBlock,
    QuoteBlock,
    SectionBlock,
)
from blog.highlighting import showable
from blog.markdown.info import read_info
from blog.markdown.parser import PARSER, problem_of_size
from blog.markdown.references import read_picture

_TAG = re.compile(r"<(a|img)\b([^<>]*)>", re.I)
_CODE_IN_HTML = re.compile(r"</?(?:code|pre|kbd|samp)\b", re.I)
_ATTRIBUTE = re.compile(r"""\b(href|src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)


@dataclass(frozen=True)
class Place:
    """A block by its number from 0 and its id, and a line of its Markdown from 1, or 0."""

    block: int
    id: str
    line: int = 0


@dataclass(frozen=True)
class Link:
    place: Place
    words: str
    target: str


@dataclass(frozen=True)
class Picture:
    """A picture of the library by `image`, or one that is `missing` from it."""

    place: Place
    has_alt: bool
    image: int | None = None
    is_missing: bool = False


@dataclass(frozen=True)
class Heading:
    place: Place
    level: int  # In the page, whose title is the only one of level 1.
    words: str
    is_top: bool = False


@dataclass(frozen=True)
class Code:
    place: Place
    names_language: bool
    longest: tuple[int, int]  # Number of characters, and the line in the code.


@dataclass(frozen=True)
class Words:
    """A run of words that is no code; `is_prose` for whole paragraphs."""

    place: Place
    text: str
    is_prose: bool = False


@dataclass(frozen=True)
class Source:
    """A text in a language of its own: `markdown`, `tex` or `bibtex`; some may cite."""

    place: Place
    kind: str
    text: str
    may_cite: bool = False


@dataclass
class Reading:
    """All that the checks look at in a body, in its order."""

    links: list[Link] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    def add(self, other: "Reading", place: Place) -> None:
        """What another reading found, at this place and its lines."""
        for name in ("links", "pictures", "headings", "codes", "words"):
            mine = getattr(self, name)
            for item in getattr(other, name):
                there = Place(place.block, place.id, item.place.line)
                mine.append(type(item)(**(vars(item) | {"place": there})))


def read_body(body: StreamValue) -> Reading:
    """Read every block. As many queries as the body itself needs, and none for a block."""
    reading = Reading()
    for number, child in enumerate(body):
        place = Place(number, str(child.id or ""))
        for kind, read in _READERS:
            if isinstance(child.block, kind):
                read(reading, place, child.value)
                break
    return reading


# Blocks


def _read_code(reading: Reading, place: Place, value) -> None:
    reading.codes.append(Code(place, bool(value.get("language")), _longest(value["code"] or "")))


def _read_figure(reading: Reading, place: Place, value) -> None:
    _read_image(reading, place, value["image"])
    _read_words(reading, place, value, "caption", "credit")


def _read_image(reading: Reading, place: Place, image) -> None:
    if image is None:
        reading.pictures.append(Picture(place, has_alt=True, is_missing=True))
        return
    has_alt = bool(image.decorative or image.contextual_alt_text or image.default_alt_text)
    reading.pictures.append(Picture(place, has_alt))


def _read_embed(reading: Reading, place: Place, value) -> None:
    reading.links.append(Link(place, value["title"] or "", value["url"] or ""))
    _read_words(reading, place, value, "title", "text")


def _read_quote(reading: Reading, place: Place, value) -> None:
    if value.get("source"):
        reading.links.append(Link(place, value.get("attribution") or "Source", value["source"]))
    _read_words(reading, place, value, "text", "attribution")


def _read_callout(reading: Reading, place: Place, value) -> None:
    _read_markdown(reading, place, value["text"], may_cite=True)


def _read_section(reading: Reading, place: Place, value) -> None:
    reading.headings.append(Heading(place, 2, " ".join((value["heading"] or "").split())))
    _read_markdown(reading, place, value["text"], may_cite=True)


def _read_cards(reading: Reading, place: Place, value) -> None:
    if value.get("heading"):
        reading.headings.append(Heading(place, 2, value["heading"]))
    for card in value["cards"]:
        _read_words(reading, place, card, "title")
        if card.get("link"):
            reading.links.append(Link(place, card["title"] or "", card["link"]))
        if card.get("image") is not None:
            _read_image(reading, place, card["image"])
        _read_markdown(reading, place, card.get("text"))


def _read_diagram(reading: Reading, place: Place, value) -> None:
    reading.pictures.append(Picture(place, has_alt=bool((value.get("alt") or "").strip())))
    _read_words(reading, place, value, "alt", "caption")


def _read_equation(reading: Reading, place: Place, value) -> None:
    reading.sources.append(Source(place, "tex", value.get("tex") or ""))
    _read_words(reading, place, value, "caption")


def _read_bibliography(reading: Reading, place: Place, value) -> None:
    reading.headings.append(Heading(place, 2, value.get("heading") or ""))
    reading.sources.append(Source(place, "bibtex", value.get("bibtex") or ""))
    for entry in value.entries_read:
        if entry.url:
            reading.links.append(Link(place, entry.title or entry.key, entry.url))


def _read_table(reading: Reading, place: Place, value) -> None:
    for row in (value or {}).get("data", []):
        reading.words += [Words(place, str(cell)) for cell in row if cell]


def _read_notebook(reading: Reading, place: Place, value) -> None:
    if value.get("show_code") is not False:
        reading.codes.append(Code(place, True, (0, 0)))
    _read_words(reading, place, value, "caption")


def _read_words(reading: Reading, place: Place, value, *names: str) -> None:
    reading.words += [Words(place, value[name]) for name in names if value.get(name)]


# Markdown


def _read_markdown(reading: Reading, place: Place, source: str, *, may_cite: bool = False) -> None:
    if source:
        reading.sources.append(Source(place, "markdown", source, may_cite))
        reading.add(read_markdown(source), place)


@lru_cache(maxsize=32)  # While somebody writes, most blocks stay as they are.
def read_markdown(source: str) -> Reading:
    """What stands in a Markdown text; places have the line only. To be read, not changed."""
    reading, source = Reading(), showable(source)
    if problem_of_size(source):
        return reading
    try:
        tokens = PARSER.parse(source, {})
    except Exception:  # The text is then shown as typed, and find_problems says so.
        return reading
    shift = int(any(token.tag == "h1" for token in tokens))
    opening = None
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        if token.type in {"fence", "code_block"}:
            _read_fence(reading, token, line)
        elif token.type == "html_block":
            _read_html_of_markdown(reading, Place(0, "", line), token.content)
        elif token.type in {"heading_open", "paragraph_open"}:
            opening = token
        elif token.type == "inline":
            words = _read_inline(reading, token, line, opening)
            if opening is not None and opening.type == "heading_open":
                level = max(2, min(int(opening.tag[1]) + shift, 6))
                place = Place(0, "", line)
                reading.headings.append(Heading(place, level, words, opening.tag == "h1"))
            opening = None
    return reading


def _read_fence(reading: Reading, token: Token, line: int) -> None:
    info = read_info(unescapeAll(token.info))
    has_language = bool(info.language) or token.type == "code_block"
    reading.codes.append(Code(Place(0, "", line), has_language, _longest(token.content)))


def _read_inline(reading: Reading, token: Token, line: int, opening: Token | None) -> str:
    """Take up links, pictures and words of a paragraph or heading; returns its words."""
    words, open_links, in_code = [], [], False
    for child in token.children or []:
        place = Place(0, "", line)
        if child.type == "link_open":
            open_links.append((str(child.attrGet("href") or ""), len(words), place))
        elif child.type == "link_close" and open_links:
            target, start, where = open_links.pop()
            reading.links.append(Link(where, _joined(words[start:]), target))
        elif child.type == "image":
            alt = _joined(_texts(child.children or []))
            target = str(child.attrGet("src") or "")
            reference = read_picture(target)
            reading.pictures.append(Picture(place, bool(alt), reference.id if reference else None))
            words.append(alt or "picture")
        elif child.type == "html_inline":
            if _CODE_IN_HTML.match(child.content):
                in_code = not child.content.startswith("</")
            _read_html_of_markdown(reading, place, child.content)
        elif child.type in {"text", "text_special", "citation"} and not in_code:
            reading.words.append(Words(place, child.content))
        words += _texts([child])
        line += child.type in {"softbreak", "hardbreak"} or child.content.count("\n")
    joined = _joined(words)
    if opening is not None and opening.type == "paragraph_open" and joined:
        reading.words.append(Words(Place(0, "", line), joined, is_prose=True))
    return joined


def _texts(children: list[Token]) -> Iterator[str]:
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield " "
        elif child.type in {"text", "text_special", "code_inline", "math_inline", "citation"}:
            yield child.content


def _joined(words) -> str:
    return " ".join("".join(words).split())


def _read_html_of_markdown(reading: Reading, place: Place, html: str) -> None:
    if not _CODE_IN_HTML.search(html):
        reading.words.append(Words(place, html))
    for name, written in _TAG.findall(html):
        values = {
            attribute.lower(): unescape(next((value for value in found if value), ""))
            for attribute, *found in _ATTRIBUTE.findall(written)
        }
        if name.lower() == "img":
            # Here alt="" is written by hand, and means that the picture only decorates.
            reading.pictures.append(Picture(place, has_alt="alt" in values))
        elif values.get("href"):
            reading.links.append(Link(place, "a link", values["href"]))


def _longest(code: str) -> tuple[int, int]:
    lengths = [(len(line), -number) for number, line in enumerate(code.split("\n"), start=1)]
    longest, number = max(lengths)
    return longest, -number


# Rich text


class _RichTextReader(HTMLParser):
    """Rich text in Wagtail's database form, which its editor has written."""

    def __init__(self, reading: Reading, place: Place):
        super().__init__()
        self.reading, self.place = reading, place
        self.target = self.heading = None
        self.words: list[str] = []
        self.linked: list[str] = []
        self.in_code = 0

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.target, self.linked = _target_of(attributes), []
        elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.heading, self.words = max(2, int(tag[1])), []
        elif tag in {"p", "li"}:
            self.words = []
        elif tag == "code":
            self.in_code += 1

    def handle_data(self, data):
        self.words.append(data)
        self.linked.append(data)
        if not self.in_code:
            self.reading.words.append(Words(self.place, data))

    def handle_endtag(self, tag):
        if tag == "a" and self.target is not None:
            self.reading.links.append(Link(self.place, _joined(self.linked), self.target))
            self.target = None
        elif self.heading and tag.startswith("h"):
            words = _joined(self.words)
            self.reading.headings.append(Heading(self.place, self.heading, words))
            self.heading = None
        elif tag == "p" and _joined(self.words):
            self.reading.words.append(Words(self.place, _joined(self.words), is_prose=True))
        elif tag == "code" and self.in_code:
            self.in_code -= 1


def _target_of(attributes: dict[str, str]) -> str:
    kind, number = attributes.get("linktype"), attributes.get("id", "")
    if kind in {"page", "document"}:
        return f"{'page' if kind == 'page' else 'doc'}:{number}"
    return attributes.get("href", "")


def _read_rich_text(reading: Reading, place: Place, value) -> None:
    _RichTextReader(reading, place).feed(showable(getattr(value, "source", "") or ""))


_READERS = [
    (MarkdownBlock, lambda r, place, value: _read_markdown(r, place, value, may_cite=True)),
    (CodeBlock, _read_code),
    (FigureBlock, _read_figure),
    (EmbedBlock, _read_embed),
    (QuoteBlock, _read_quote),
    (CalloutBlock, _read_callout),
    (SectionBlock, _read_section),
    (CardGridBlock, _read_cards),
    (DiagramBlock, _read_diagram),
    (EquationBlock, _read_equation),
    (BibliographyBlock, _read_bibliography),
    (DataTableBlock, _read_table),
    (NotebookBlock, _read_notebook),
    (ProseBlock, _read_rich_text),
]
