"""Links and pictures named by their number: page:12, page:12#anchor, doc:5 and image:7."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

HIGHEST = 2_147_483_647  # What the id column of every supported database can hold.
_MEANT = re.compile(r"(page|doc|image):", re.I)
_PAGE = re.compile(r"page:0*([1-9][0-9]{0,9})(?:#([^\s#]+))?", re.I)
_DOCUMENT = re.compile(r"doc:0*([1-9][0-9]{0,9})", re.I)
_PICTURE = re.compile(r"image:0*([1-9][0-9]{0,9})(,.*)?", re.I | re.S)

_HOW_TO = {
    "page": "Write the number of the page, for example [text](page:12).",
    "doc": "Write the number of the document, for example [text](doc:5).",
    "image": "Write the number of the picture, for example ![alt text](image:7).",
}


@dataclass(frozen=True)
class Reference:
    """A page, document or picture of this publication, by the id it has for ever."""

    kind: str
    id: int
    anchor: str = ""

    def attributes(self) -> str:
        """The attributes of the link in Wagtail's database HTML, with a space before each."""
        anchor = f' anchor="{escape(self.anchor)}"' if self.anchor else ""
        return f' linktype="{self.kind}" id="{self.id}"{anchor}'

    def embed(self, alt: str) -> str:
        """The picture in Wagtail's database HTML."""
        # Wagtail's reader of attributes knows &amp; &lt; &gt; and &quot; only.
        alt = escape(alt, quote=False).replace('"', "&quot;")
        return f'<embed embedtype="image" id="{self.id}" alt="{alt}" format="fullwidth"/>'


def is_meant_as_reference(target: str) -> bool:
    """Whether the target of a link or picture begins like a reference, well formed or not."""
    return _MEANT.match(target) is not None


def read_link(target: str) -> Reference | None:
    """The page or document a link target names; None if it names none that could exist."""
    if (found := _PAGE.fullmatch(target)) and int(found[1]) <= HIGHEST:
        return Reference("page", int(found[1]), found[2] or "")
    if (found := _DOCUMENT.fullmatch(target)) and int(found[1]) <= HIGHEST:
        return Reference("document", int(found[1]))
    return None


def read_picture(target: str) -> Reference | None:
    """The picture a target names. What follows a comma is dropped: sizes are for the page."""
    found = _PICTURE.fullmatch(target)
    return Reference("image", int(found[1])) if found and int(found[1]) <= HIGHEST else None


def problem_with(target: str, *, is_picture: bool) -> str:
    """A sentence or two on what to change in a target that begins like a reference, or ""."""
    kind = target.split(":", 1)[0].lower()
    shown = f"“{unquote(target)}”"
    if is_picture and kind != "image":
        return f"{shown} is not a picture. Leave out the exclamation mark to link to it."
    if not is_picture and kind == "image":
        return f"{shown} is a picture. Put an exclamation mark before it: ![alt text](image:7)."
    found = read_picture(target) if is_picture else read_link(target)
    if found is None:
        return f"{shown} leads nowhere. {_HOW_TO[kind]}"
    if is_picture and "," in target:
        return (
            f"{shown} asks for a size or a filter, and the page chooses those. "
            f"Write image:{found.id}."
        )
    return ""
