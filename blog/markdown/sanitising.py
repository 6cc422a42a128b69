"""What HTML an author may write: a short list, and nothing that runs or loads by itself."""

import html
import re

import nh3

CLASSES = {
    "div": {
        *("card-grid", "card", "card-emphasis"),
        *("callout", "note", "tip", "warning", "danger"),
    },
    "p": {"callout-title"},
    "li": {"task"},
    "td": {"center", "right"},
    "th": {"center", "right"},
    "span": {"nowrap"},
}
TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "dd", "del"),
    *("details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt"),
    *("ruby", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr"),
}
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
BLOCK_END = re.compile(r"(</(?:p|h\d|li|div|td|th|dd|dt|tr|summary|blockquote)>|<br ?/?>)", re.I)


def own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    """Drops the address of a picture that lies elsewhere: a page loads nothing from there."""
    if (tag, attribute) == ("img", "src") and not re.match(r"/(?![/\\])", value):
        return None
    return value


def sanitise(markup: str) -> str:
    """The HTML with only what is on the lists above."""
    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=own_pictures_only,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    )


def words_of_html(markup: str) -> str:
    """The text of HTML, with a space where blocks met."""
    cleaned = nh3.clean(BLOCK_END.sub(r"\1 ", markup), tags=set())
    return html.unescape(cleaned).strip()
