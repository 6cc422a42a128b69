"""The texts of a page by section: what stands below each heading, as readers see it.

A page with `body_parts`, the HTML of its blocks, is read from them. Of any other page, and beside
them, the search fields are its prose.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.db.models import Manager
from wagtail.models import Page
from wagtail.search import index

from search.words import printable

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements whose text stands apart from what is before and after it.
BLOCKS = HEADINGS | {
    *["p", "div", "section", "article", "header", "footer", "aside", "figure", "figcaption", "pre"],
    *["ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td", "th", "thead", "tbody", "caption"],
    *["blockquote", "hr", "br", "details", "summary", "form", "nav"],
}
UNREAD = frozenset({"script", "style", "template", "svg", "button"})
# The plain text of the body says the same as its parts.
SAID_BY_PARTS = "plain_text"


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, up to the next heading; before the first, no heading.

    Blocks of a text are lines of it.
    """

    anchor: str = ""
    title: str = ""
    prose: str = ""
    code: str = ""
    formulas: str = ""
    captions: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.prose or self.code or self.formulas or self.captions)


@dataclass
class Texts:
    """All that is searched of a page."""

    title: str
    excerpt: str
    names: list[str]
    sections: list[Section]


def texts_of(page: Page) -> Texts:
    """The texts of a page, which must be a specific one, by its search fields and body parts."""
    title, excerpt, names, prose = [], [], [], []
    has_parts = hasattr(page, "body_parts")
    for search_field in page.get_search_fields():
        if isinstance(search_field, index.RelatedFields):
            names += values_of(page, search_field)
        elif isinstance(search_field, index.SearchField):
            if has_parts and search_field.field_name == SAID_BY_PARTS:
                continue
            is_title = search_field.field_name == "title"
            place = title if is_title else excerpt if search_field.boost else prose
            place += values_of(page, search_field)
    sections = sections_of(page.body_parts) if has_parts else []
    beside = Section(prose="\n\n".join(prose))
    return Texts(
        " ".join(title),
        " ".join(excerpt),
        list(dict.fromkeys(names)),
        [section for section in [beside, *sections] if not section.is_empty],
    )


def values_of(owner, search_field) -> Iterator[str]:
    """The texts that a search field of the object holds, through relations."""
    if isinstance(search_field, index.SearchField):
        yield from texts_in(search_field.get_value(owner))
    elif isinstance(search_field, index.RelatedFields):
        related = search_field.get_value(owner)
        if related is None:
            return
        for one in related.all() if isinstance(related, Manager) else [related]:
            for inner in search_field.fields:
                yield from values_of(one, inner)


def texts_in(value) -> Iterator[str]:
    """The texts of a value as `get_value` gives it: a text, or texts within texts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
    elif value is not None and (text := printable(str(value)).strip()):
        yield text


def sections_of(parts: Iterable[str]) -> list[Section]:
    """The sections of the body whose HTML the parts are."""
    reader = BodyReader()
    for part in parts:
        reader.feed(printable(part))
        reader.end_part()
    reader.close()
    return reader.finished()


@dataclass
class Collected:
    """The pieces of one section while it is read."""

    anchor: str = ""
    title: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)

    def section(self) -> Section:
        return Section(
            self.anchor,
            *[in_lines(pieces) for pieces in (self.title, self.prose)],
            code="".join(self.code).strip("\n"),
            formulas="\n".join(dict.fromkeys(filter(None, map(in_lines, self.formulas)))),
            captions="\n".join(dict.fromkeys(filter(None, map(in_lines, self.captions)))),
        )


def in_lines(pieces: Iterable[str]) -> str:
    """The text with one space between words and one line end between blocks."""
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n\n"))
    return "\n".join(filter(None, lines))


class BodyReader(HTMLParser):
    """Puts each text of the HTML where it belongs. The HTML is ours, so it is closed properly."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.sections = [Collected()]
        self.heading = ""  # The open heading element.
        self.unread = self.code = self.caption = self.formula = 0  # How many are open.
        self.hidden_link = False
        self.is_source = False  # Inside the annotation of a formula.

    @property
    def section(self) -> Collected:
        return self.sections[-1]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in HEADINGS and not self.caption:
            self.sections.append(Collected(anchor=attributes.get("id") or ""))
            self.heading = tag
        elif tag == "pre":
            self.code += 1
        elif tag == "figcaption":
            self.caption += 1
            self.section.captions.append("")
        elif tag == "math":
            self.formula += 1
        elif tag == "annotation":
            self.is_source = attributes.get("encoding") == "application/x-tex"
            self.section.formulas.append("")
        elif tag in UNREAD:
            self.unread += 1
        elif tag == "a" and attributes.get("class") == "anchor":
            self.hidden_link = True
        elif tag in ("img", "embed") and attributes.get("alt"):
            captions = self.section.captions
            captions.insert(len(captions) - bool(self.caption), attributes["alt"])
        if tag in BLOCKS:
            self.part_blocks()

    def handle_endtag(self, tag):
        if tag == self.heading:
            self.heading = ""
        elif tag == "pre":
            self.section.code.append("\n\n")
            self.code = max(0, self.code - 1)
        elif tag == "figcaption":
            self.caption = max(0, self.caption - 1)
        elif tag == "math":
            self.formula = max(0, self.formula - 1)
        elif tag == "annotation":
            self.is_source = False
        elif tag in UNREAD:
            self.unread = max(0, self.unread - 1)
        elif tag == "a":
            self.hidden_link = False
        if tag in BLOCKS:
            self.part_blocks()

    def handle_data(self, data):
        if self.unread or self.hidden_link:
            return
        if self.formula:
            if self.is_source:
                self.section.formulas[-1] += data
                self.put(f" {data.strip()} ")
        elif self.code:
            self.section.code.append(data)
        else:
            self.put(data.replace("\n", " "))

    def put(self, text: str) -> None:
        """A text of the line: of the heading, of the caption, or prose."""
        if self.heading:
            self.section.title.append(text)
        elif self.caption:
            self.section.captions[-1] += text
        elif not self.code:
            self.section.prose.append(text)

    def part_blocks(self) -> None:
        if not (self.heading or self.caption or self.code):
            self.section.prose.append("\n\n")

    def end_part(self) -> None:
        """What a part leaves open ends with it."""
        self.heading = ""
        self.unread = self.code = self.caption = self.formula = 0
        self.hidden_link = self.is_source = False
        self.part_blocks()

    def finished(self) -> list[Section]:
        found = [collected.section() for collected in self.sections]
        return [section for section in found if not section.is_empty]
