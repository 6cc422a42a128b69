"""The picture that readers see first: fetched at once, while all others wait to be near."""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.safestring import SafeString, mark_safe

FIRST_VIEW = 600  # characters of prose that may stand before it

_PICTURE = re.compile(r"<picture>(?P<sources>(?:<source [^>]*>)*)(?P<img><img [^>]*>)</picture>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Lead:
    """The first picture's files of the best format, for a <link rel=preload>."""

    type: str
    srcset: str
    sizes: str


def raise_lead(html: SafeString) -> tuple[SafeString, Lead | None]:
    """The HTML of a body with its lead picture fetched at once, and what to preload.

    A picture further down than the first view is no lead. Neither is one with a variant for dark
    pages: which of the two is shown is known only once the page's scheme is, and a lazy picture
    that is not shown is not fetched. `html` is a body as `assemble` makes it.
    """
    found = _PICTURE.search(html)
    if (
        not found
        or len(" ".join(unescape(_TAG.sub(" ", html[: found.start()])).split())) > FIRST_VIEW
        or "only-light" in html[: found.start()]
    ):
        return html, None
    img = found["img"].replace(' loading="lazy"', ' fetchpriority="high"')
    eager = html[: found.start("img")] + img + html[found.end("img") :]
    return mark_safe(eager), _preload(found["sources"])  # noqa: S308 - only an attribute changed


def _preload(sources: str) -> Lead | None:
    if not sources:
        return None
    best = {name: unescape(words) for name, words in _ATTRIBUTE.findall(sources.split(">")[0])}
    return Lead(best["type"], best["srcset"], best.get("sizes", ""))
