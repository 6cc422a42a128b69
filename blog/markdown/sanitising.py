"""What HTML an author may write: a short list, and nothing that runs or loads by itself."""

import re

import nh3
from markdown_it.token import Token

from blog.markdown.kept import MARK

_CLEANER = nh3.Cleaner(
    tags={
        *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "dd"),
        *("del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2"),
        *("h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre"),
        *("q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strong", "sub"),
        *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u"),
        *("ul", "var", "wbr"),
    },
    clean_content_tags={"script", "style", "svg", "math"},
    attributes={
        "*": {MARK, "dir", "lang", "title"},
        "a": {"href"},
        "details": {"open"},
        "img": {"src", "alt", "width", "height"},
        "li": {"value"},
        "ol": {"start", "reversed", "type"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
        "time": {"datetime"},
    },
    allowed_classes={
        "div": {
            *("card-grid", "card", "card-emphasis"),
            *("callout", "note", "tip", "warning", "danger"),
        },
        "figure": {"wide", "full"},
        "p": {"callout-title"},
        "span": {"nowrap"},
        "td": {"center", "right"},
        "th": {"center", "right"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)

DEEPEST_HTML = 150  # Elements inside one another; a browser stops at 512.
MOST_REOPENED = 50_000
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
_ENDS_BY_ITSELF = {"dd", "dt", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
_FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
    *("tt", "u"),
}

_UNSEEN = {"iframe", "noembed", "noframes", "script", "style", "template"}
_RAW = _UNSEEN | {"noscript", "plaintext", "select", "textarea", "title", "xmp"}
_RAW_TAG = re.compile(rf"<(/?)({'|'.join(sorted(_RAW))})(?![a-z0-9-])([^<>]*)>", re.I)


class TooTangledError(ValueError):
    """HTML that a parser would take quadratic time to put in order."""


def clean(markup: str) -> str:
    """The HTML with only what is on the lists above. Raises TooTangledError."""
    _refuse_tangles(markup)
    return _CLEANER.clean(markup)


def _refuse_tangles(markup: str) -> None:
    """Bound what a parser does for tags left open: it opens them again in every later block."""
    open_tags: dict[str, int] = {}
    depth = formatting = reopened = 0
    for is_end, written in _ANY_TAG.findall(markup):
        name = written.lower()
        if name in _VOID or name in _ENDS_BY_ITSELF:
            reopened += formatting
        elif not is_end:
            open_tags[name] = open_tags.get(name, 0) + 1
            depth += 1
            formatting += name in _FORMATTING
            reopened += formatting
        elif open_tags.get(name):
            open_tags[name] -= 1
            depth -= 1
            formatting -= name in _FORMATTING
        if depth > DEEPEST_HTML or reopened > MOST_REOPENED:
            raise TooTangledError


def without_raw_text(markup: str) -> str:
    """The HTML of one block without elements whose content no parser reads as HTML.

    Left open, such an element would swallow the rest of the page. Those that are not for readers
    go with what they hold; of the others only the tags go.
    """
    tags = list(_RAW_TAG.finditer(markup))
    last_end = {tag[2].lower(): order for order, tag in enumerate(tags) if tag[1]}
    kept, position, within = [], 0, ""
    for order, tag in enumerate(tags):
        name, is_end = tag[2].lower(), bool(tag[1])
        if within:
            if is_end and name == within:
                within, position = "", tag.end()
            continue
        kept.append(markup[position : tag.start()])
        position = tag.end()
        if not is_end and name in _UNSEEN and last_end.get(name, -1) > order:
            within = name
    kept.append(markup[position:])
    return "".join(kept)


def inline_without_raw_text(children: list[Token]) -> list[Token]:
    """The same for the tokens of one paragraph.

    A bare tag that is never closed is taken for a word, as in "the <script> tag", and shown.
    """
    tags = [
        _RAW_TAG.fullmatch(child.content) if child.type == "html_inline" else None
        for child in children
    ]
    last_end = {tag[2].lower(): order for order, tag in enumerate(tags) if tag and tag[1]}
    kept, within = [], ""
    for order, (child, tag) in enumerate(zip(children, tags, strict=True)):
        name, is_end = (tag[2].lower(), bool(tag[1])) if tag else ("", False)
        is_closed = not is_end and last_end.get(name, -1) > order
        if within:
            within = "" if is_end and name == within else within
        elif not tag:
            kept.append(child)
        elif is_closed and name in _UNSEEN:
            within = name
        elif not is_end and not is_closed and not tag[3].strip():
            child.type = "text"
            kept.append(child)
    return kept
