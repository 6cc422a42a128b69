"""What of a drawing is kept: shapes, words and style; nothing that runs, leads or loads.

The drawing comes from a library that runs the words of an author, and it is shown as a picture,
where a browser neither runs nor loads anything. The walk here does not rely on either.
"""

import re
from html import escape
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

_SVG = "http://www.w3.org/2000/svg"
_HTML = "http://www.w3.org/1999/xhtml"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_DEEPEST = 100
_ELEMENTS = {
    _SVG: {
        *("svg", "g", "defs", "symbol", "use", "marker", "clipPath", "mask", "pattern", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "switch"),
        *("text", "tspan", "textPath", "foreignObject", "linearGradient", "radialGradient"),
        *("stop", "filter", "feDropShadow", "feGaussianBlur", "feOffset", "feFlood"),
        *("feComposite", "feMerge", "feMergeNode", "feColorMatrix", "feBlend"),
    },
    _HTML: {
        *("div", "span", "p", "br", "b", "i", "strong", "em", "u", "s", "del", "sub", "sup"),
        *("small", "code", "pre", "ul", "ol", "li", "hr"),
    },
}
_UNWRAPPED = {f"{{{_SVG}}}a": "g", f"{{{_HTML}}}a": "span"}
_ATTRIBUTES = {
    *("id", "class", "style", "transform", "transform-origin", "opacity", "overflow", "display"),
    *("x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "d", "points"),
    *("width", "height", "viewBox", "preserveAspectRatio", "visibility", "color"),
    *("fill", "fill-opacity", "fill-rule", "clip-rule", "clip-path", "mask", "filter"),
    *("stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset"),
    *("stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "vector-effect"),
    *("marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight", "markerUnits"),
    *("refX", "refY", "orient", "offset", "stop-color", "stop-opacity", "gradientUnits"),
    *("gradientTransform", "patternUnits", "patternTransform", "clipPathUnits", "maskUnits"),
    *("font-family", "font-size", "font-style", "font-weight", "text-anchor", "textLength"),
    *("lengthAdjust", "letter-spacing", "text-decoration", "dominant-baseline"),
    *("alignment-baseline", "startOffset", "writing-mode", "in", "in2", "result", "mode", "type"),
    *("values", "operator", "stdDeviation", "flood-color", "flood-opacity"),
    *("data-look", "data-et", "data-type", "data-color-id"),
}
_LOADS = re.compile(
    r"@import[^;]*;?|url\(\s*(?!['\"]?#)[^)]*\)?"
    r"|\b(?:-webkit-)?(?:image-set|image|src|cross-fade|element|expression|paint)\s*\([^)]*\)?",
    re.I,
)
_VIEW = re.compile(r"\s*".join([r"(-?[\d.]+)"] * 4).replace(r"\s*", r"[\s,]+"))


class NotADrawingError(ValueError):
    """The text is not an SVG that can be shown."""


def clean_drawing(svg: str) -> tuple[str, int, int]:
    """The harmless part of an SVG, as a picture with a size of its own: (svg, width, height)."""
    try:
        root = fromstring(svg)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise NotADrawingError(str(error)) from error
    view = _VIEW.fullmatch(root.get("viewBox", "").strip())
    if root.tag != f"{{{_SVG}}}svg" or not view:
        raise NotADrawingError("no picture with a size")
    width, height = (max(1, round(float(view[place]))) for place in (3, 4))
    for name in ("style", "preserveAspectRatio"):
        root.attrib.pop(name, None)
    root.attrib |= {"width": str(width), "height": str(height)}
    parts: list[str] = []
    _write(root, parts, "", 0)
    return "".join(parts), width, height


def _write(element: Element, parts: list[str], around: str, depth: int) -> None:
    """Append the element as text, if it may stay; `around` is the namespace it stands in."""
    if depth > _DEEPEST:
        raise NotADrawingError("too many elements inside one another")
    namespace, _, name = str(element.tag)[1:].rpartition("}")
    name = _UNWRAPPED.get(str(element.tag), name)
    if name not in _ELEMENTS.get(namespace, ()):
        return
    space = f' xmlns="{namespace}"' if namespace != around else ""
    parts.append(f"<{name}{space}{_attributes(element)}>")
    text = element.text or ""
    parts.append(escape(_without_loads(text) if name == "style" else text, quote=False))
    for child in element:
        _write(child, parts, namespace, depth + 1)
        parts.append(escape(child.tail or "", quote=False))
    parts.append(f"</{name}>")


def _attributes(element: Element) -> str:
    written = []
    for name, value in element.attrib.items():
        if name in {"href", _XLINK_HREF} and value.startswith("#"):
            written.append(f' href="{escape(value)}"')
        elif name in _ATTRIBUTES:
            written.append(f' {name}="{_escaped(_without_loads(value))}"')
    return "".join(written)


def _escaped(value: str) -> str:
    return escape(value).replace("\n", "&#10;")


def _without_loads(css: str) -> str:
    """CSS, or the value of an attribute, that fetches nothing. Backslashes could hide a name."""
    return _LOADS.sub("none", css.replace("\\", ""))
