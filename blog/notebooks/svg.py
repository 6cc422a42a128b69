"""Drawings in SVG with only what draws: nothing that runs, loads, links or moves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from blog.highlighting import showable

LONGEST = 2_000_000  # Characters.
DEEPEST = 60
WIDEST = 10_000  # Pixels.

_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = {"href", "{http://www.w3.org/1999/xlink}href"}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DRAWN = {
    *("circle", "clipPath", "defs", "desc", "ellipse", "g", "image", "line", "linearGradient"),
    *("marker", "mask", "path", "pattern", "polygon", "polyline", "radialGradient", "rect"),
    *("stop", "style", "svg", "switch", "symbol", "text", "textPath", "title", "tspan", "use"),
}
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_LOADS = re.compile(r"""url\(\s*["']?\s*(?!["'#\s])|@|\\|expression|javascript""", re.I)
_WITHIN = re.compile(r"#[^\s\"'<>]+")
_PIXELS = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_LENGTH = re.compile(r"([0-9]*\.?[0-9]+)(px|pt|pc|in|cm|mm)?")
_UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 9.6 / 2.54}


class SvgError(ValueError):
    """Why a drawing cannot be shown, as the end of a sentence."""


@dataclass(frozen=True)
class CleanSvg:
    """A drawing that is safe wherever it is opened, and its size in pixels."""

    data: bytes
    width: int
    height: int


def clean_svg(written: str) -> CleanSvg:
    """The drawing, made safe. Raises SvgError."""
    if len(written) > LONGEST:
        raise SvgError(f"is larger than {LONGEST:,} characters, so save it as PNG")
    try:
        root = fromstring(showable(written).strip().encode())
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SvgError("is not valid SVG") from error
    if root.tag != f"{_SVG}svg":
        raise SvgError("is not valid SVG")
    width, height = _size(root)
    markup = "".join(_element(root, 0))
    markup = markup.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return CleanSvg(markup.encode(), width, height)


def _size(root: Element) -> tuple[int, int]:
    """Width and height, from the attributes or else the view box."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    from_box = box[2:] if len(box) == 4 else ["", ""]
    given = (root.get("width", ""), root.get("height", ""))
    sizes = [_length(one) for one in given]
    if not all(sizes):
        sizes = [_length(one) for one in from_box]
    if not all(sizes) or max(sizes) > WIDEST:
        raise SvgError("does not say how large it is")
    return max(1, round(sizes[0])), max(1, round(sizes[1]))


def _length(written: str) -> float:
    found = _LENGTH.fullmatch(written.strip())
    return float(found[1]) * _UNITS[found[2] or ""] if found else 0


def _element(element: Element, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        raise SvgError("has parts nested too deeply")
    name = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
    if name == "foreignObject":
        raise SvgError("holds HTML, so save it as PNG")
    if name == "a":
        yield from _content(element, depth)
    elif name in _DRAWN and not (name == "style" and _LOADS.search(element.text or "")):
        attributes = "".join(_attributes(name, element))
        yield f"<{name}{attributes}>"
        yield from _content(element, depth)
        yield f"</{name}>"


def _content(element: Element, depth: int) -> Iterator[str]:
    yield escape(element.text or "", quote=False)
    for child in element:
        yield from _element(child, depth + 1)
        yield escape(child.tail or "", quote=False)


def _attributes(name: str, element: Element) -> Iterator[str]:
    for key, value in element.attrib.items():
        if key in _HREFS:
            is_safe = _WITHIN.fullmatch(value) or (name == "image" and _PIXELS.fullmatch(value))
            key = "href"
        elif key == _SPACE:
            is_safe, key = True, "xml:space"
        else:
            is_safe = (
                _NAME.fullmatch(key)
                and not key.lower().startswith("on")
                and not _LOADS.search(value)
            )
        if is_safe:
            yield f' {key}="{escape(value)}"'
