"""What the pipeline makes itself, set aside while the rest is cleaned, and put back after.

Highlighted code, anchors, references: none of them could pass the list of what an author may
write. Each waits under a mark that no author can know, and comes back only where the cleaned HTML
has the mark on a tag; never inside an attribute or a text.
"""

import re
import secrets
from dataclasses import dataclass, field
from html import escape, unescape

MARK = "data-kept"
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_ELSEWHERE = re.compile(r"\s*(?:https?:|[/\\]{2})", re.I)
_BLOCKS = {
    *("blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "summary"),
    *("table", "tr", "ul"),
}
_CELLS = {"td", "th"}


@dataclass
class Kept:
    """The parts set aside in one rendering."""

    _secret: str = field(default_factory=lambda: secrets.token_hex(12))
    _elements: dict[str, tuple[str, str]] = field(default_factory=dict)
    _tags: dict[str, str] = field(default_factory=dict)

    def element(self, html: str, *, stands_in: str = "div", words: str = "") -> str:
        """A stand-in for a whole element: "span" where it stands among words.

        `words` are what it says in the plain text.
        """
        mark = f"{self._secret}-{len(self._elements)}e"
        self._elements[mark] = html, words
        return f"<{stands_in} {MARK}={mark}></{stands_in}>"

    def tag(self, name: str, attributes: str) -> str:
        """A start tag whose attributes, each with a space before it, come back after cleaning."""
        mark = f"{self._secret}-{len(self._tags)}t"
        self._tags[mark] = attributes
        return f"<{name} {MARK}={mark}>"

    def put_back(self, cleaned: str) -> "Finished":
        """The finished HTML of what the cleaner left, and its words."""
        finished = _Finishing(self._elements, self._tags).run(cleaned)
        if self._secret not in finished.html:
            return finished
        # Quotes that an author left open took them for text.
        mark = rf"{self._secret}-\d+[et]"
        marks = re.compile(rf"(?:&lt;|<)\w+ {MARK}={mark}(?:&gt;|>)|{mark}")
        return Finished(*(marks.sub("", part) for part in finished))


@dataclass(frozen=True)
class Finished:
    """Clean HTML with everything in its place, its words, and the words of its own <pre>."""

    html: str
    text: str
    code: str

    def __iter__(self):
        return iter((self.html, self.text, self.code))


class _Finishing:
    """One walk over cleaned HTML: puts back what was kept, minds links and pictures, takes words.

    A cleaner's output is regular (lower case, quoted attributes, < and > escaped everywhere
    else), so what the pattern matches is a tag and every tag is matched.
    """

    def __init__(self, elements: dict[str, tuple[str, str]], tags: dict[str, str]):
        self.elements = elements
        self.tags = tags
        self.html: list[str] = []
        self.words: list[str] = []
        self.code: list[str] = []
        self.pre_depth = 0
        self.stand_in = ""
        self.is_in_link = self.is_link_dropped = False

    def run(self, cleaned: str) -> Finished:
        position = 0
        for match in _TAG.finditer(cleaned):
            self.text(cleaned[position : match.start()])
            is_end, name, attributes = match.groups()
            name = "h2" if name == "h1" else name  # The title of the page is its only h1.
            if is_end:
                self.end(name)
            else:
                self.start(name, attributes)
            position = match.end()
        self.text(cleaned[position:])
        return Finished("".join(self.html), _tidy(self.words), unescape("".join(self.code)))

    def text(self, escaped: str) -> None:
        if escaped:
            self.keep_stand_in()
            self.html.append(escaped)
            if self.pre_depth:
                self.code.append(escaped)
            else:
                self.words.append(escaped.replace("\n", " "))

    def start(self, name: str, attributes: str) -> None:
        self.keep_stand_in()
        self.part_words(name)
        found = dict(_ATTRIBUTE.findall(attributes))
        mark = found.pop(MARK, "")
        if mark in self.elements:
            html, words = self.elements.pop(mark)
            self.html.append(html)
            self.words.append(escape(words, quote=False).replace("\n", " "))
            self.stand_in = name
        elif mark in self.tags:
            self.html.append(f"<{name}{self.tags[mark]}>")
            self.is_in_link = self.is_in_link or name == "a"
        elif name == "a":
            self.link(found)
        elif name == "img":
            self.picture(found)
        else:
            self.html.append(f"<{name}{_written(found)}>")
            self.pre_depth += name == "pre"

    def end(self, name: str) -> None:
        if name == self.stand_in:
            self.stand_in = ""
            self.part_words(name)
            return
        self.keep_stand_in()
        if name == "pre":
            self.pre_depth -= 1
            self.code.append("\n")
        self.part_words(name)
        if name == "a":
            self.is_in_link = False
            if self.is_link_dropped:
                self.is_link_dropped = False
                return
        self.html.append(f"</{name}>")

    def keep_stand_in(self) -> None:
        """A stand-in that something was put into is an element in its own right."""
        if self.stand_in:
            self.html.append(f"<{self.stand_in}>")
            self.stand_in = ""

    def part_words(self, name: str) -> None:
        if name in _BLOCKS:
            self.words.append("\n")
        elif name in _CELLS:
            self.words.append(" ")

    def link(self, attributes: dict[str, str]) -> None:
        target = attributes.get("href")
        self.is_link_dropped = target is None
        if target is not None:
            self.is_in_link = True
            rel = ' rel="noopener"' if _is_elsewhere(target) else ""
            self.html.append(f"<a{_written(attributes)}{rel}>")

    def picture(self, attributes: dict[str, str]) -> None:
        """Shows an own picture; links to one elsewhere, for a page loads nothing from there."""
        target, alt = attributes.get("src", ""), attributes.get("alt", "")
        if target and not _is_elsewhere(target):
            shown = _written({"src": target, "alt": alt} | attributes)
            self.html.append(f'<img{shown} loading="lazy" decoding="async">')
        elif not target or self.is_in_link:
            self.text(alt)
        else:
            self.html.append(f'<a href="{target}" rel="noopener">')
            self.text(alt or target)
            self.html.append("</a>")


def _is_elsewhere(target: str) -> bool:
    return _ELSEWHERE.match(unescape(target)) is not None


def _written(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name}="{value}"'
        for name, value in attributes.items()
        if value or name != "class"  # The cleaner leaves an empty class behind.
    )


def _tidy(parts: list[str]) -> str:
    lines = (" ".join(line.split()) for line in unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)
