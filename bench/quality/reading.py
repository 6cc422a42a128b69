"""From the pages of a publication to the texts that questions are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {
    "a",
    "abbr",
    "b",
    "code",
    "del",
    "em",
    "i",
    "kbd",
    "mark",
    "math",
    "s",
    "span",
    "strong",
    "sub",
}
LEFT_OUT = {"math", "svg", "script", "style", "template"}


@dataclass(frozen=True)
class Text:
    """What one page says to its readers. `links` are words and the id of the page they lead to."""

    pk: int
    title: str
    excerpt: str = ""
    headings: tuple[str, ...] = ()
    prose: str = ""
    code: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[tuple[str, int], ...] = ()

    @property
    def whole(self) -> str:
        return "\n".join([self.title, self.excerpt, *self.headings, self.prose, self.code])


class BodyReader(HTMLParser):
    """Parts the HTML of a body, in Wagtail's database form, into prose, code and links."""

    def __init__(self):
        super().__init__()
        self.prose, self.code, self.links = [], [], []
        self.inside: list[str] = []
        self.link: tuple[int, int] | None = None  # Where its words begin, and the page's id.

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag in HEADINGS | LEFT_OUT | {"pre"}:
            self.inside.append(tag)
        elif tag == "a" and named.get("linktype") == "page" and named.get("id", "").isdigit():
            self.link = (len(self.prose), int(named["id"]))
        self.end_line(tag)

    def handle_endtag(self, tag):
        if tag in self.inside:
            del self.inside[self.inside.index(tag) :]
        elif tag == "a" and self.link:
            begin, page_id = self.link
            self.links.append((" ".join("".join(self.prose[begin:]).split()), page_id))
            self.link = None
        self.end_line(tag)

    def handle_data(self, data):
        if "pre" in self.inside:
            self.code.append(data)
        elif not self.inside:
            self.prose.append(data)

    def end_line(self, tag: str):
        if tag not in INLINE and LEFT_OUT.isdisjoint(self.inside):
            self.prose.append("\n")
            self.code.append("\n" if tag == "pre" else "")


def text_of(
    pk: int,
    title: str,
    parts: Iterable[str],
    *,
    excerpt: str = "",
    headings: Iterable[str] = (),
    tags: Iterable[str] = (),
) -> Text:
    """The text of a page whose body is the HTML of `parts`; headings are no part of the prose."""
    reader = BodyReader()
    for part in parts:
        reader.feed(f"{part}\n")
    reader.close()
    return Text(
        pk,
        title,
        excerpt,
        tuple(headings),
        "".join(reader.prose),
        "".join(reader.code),
        tuple(tags),
        tuple(reader.links),
    )
