"""HTML that a notebook's cell gave out, as a page may show it."""

import re
from html import escape

from blog.highlighting import first_free
from blog.markdown.kept import Finished, Kept
from blog.markdown.sanitising import clean, without_raw_text

LONGEST = 300_000  # Characters.

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>]*)>")
_EMPTY_HEAD = re.compile(r"<th([^<>]*)>\s*</th>")
_SPAN = re.compile(r' (col|row)span="(?:[2-9]|[1-9][0-9])')
_PICTURE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"[^<>]*>')


def sanitised(markup: str) -> Finished:
    """Only what an author may write too, with its words. Raises TooTangledError."""
    finished = Kept().put_back(clean(without_raw_text(markup)))
    return Finished(without_missing_pictures(finished.html), finished.text, finished.code)


def without_missing_pictures(html: str) -> str:
    """Pictures that lay beside the notebook are not here: their alt text says what they show."""
    return _PICTURE.sub(lambda img: img[0] if img[1].startswith("/") else img[2], html)


def arranged(html: str, name: str, taken: set[str]) -> str:
    """Clean HTML whose tables scroll by themselves and say what their header cells are for.

    Headings become bold lines: they would stand in no table of contents and at no known level.
    """
    html = _EMPTY_HEAD.sub(r"<td\1></td>", html)
    parts, position, depth, is_head = [], 0, 0, False
    for tag in _TAG.finditer(html):
        is_end, element, attributes = tag.groups()
        parts.append(html[position : tag.start()])
        position = tag.end()
        if element == "table":
            depth += -1 if is_end else 1
            outermost = depth == (0 if is_end else 1)
            opening = _wrapper(first_free(name, taken, ", ")) if outermost and not is_end else ""
            parts.append(f"{opening}{tag[0]}{'</div>' if outermost and is_end else ''}")
        elif element == "th" and not is_end:
            parts.append(f"<th{_scope(attributes, is_head)}{attributes}>")
        elif re.fullmatch("h[1-6]", element):
            parts.append("</b></div>" if is_end else "<div><b>")
        else:
            is_head = not is_end if element == "thead" else is_head
            parts.append(tag[0])
    return "".join([*parts, html[position:]])


def _wrapper(name: str) -> str:
    return f'<div class="tablewrap" tabindex="0" role="region" aria-label="{escape(name)}">'


def _scope(attributes: str, is_head: bool) -> str:
    if " scope=" in attributes:
        return ""
    spans = set(_SPAN.findall(attributes))
    if is_head:
        return ' scope="colgroup"' if "col" in spans else ' scope="col"'
    return ' scope="rowgroup"' if "row" in spans else ' scope="row"'
