"""Names for places on a page: readable, stable across edits, and never two alike."""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable

from markdown_it.token import Token

from blog.highlighting import first_free

LONGEST_ANCHOR = 80
_JOINERS = re.compile(r"[\s_-]+")
_ASKED = re.compile(r"\s+\{#([^\s{}#]{1,80})\}\s*$")


def slug_of(words: str) -> str:
    """The words as a fragment, in any script: letters, their marks and digits, joined by hyphens.

    Emoji, symbols and punctuation go. Words with nothing else in them give "section".
    """
    folded = unicodedata.normalize("NFKC", words).lower()
    kept = "".join(sign for sign in folded if sign.isspace() or sign in "_-" or _is_kept(sign))
    slug = _JOINERS.sub("-", kept).strip("-")
    if len(slug) > LONGEST_ANCHOR:
        cut = slug[:LONGEST_ANCHOR]
        slug = (cut[: cut.rfind("-")] if "-" in cut[LONGEST_ANCHOR // 2 :] else cut).strip("-")
    return slug or "section"


def take_asked_anchor(children: list[Token]) -> str:
    """The anchor that a heading asks for, as in `## Setup {#setup}`, cut off its words; or ""."""
    last = children[-1] if children else None
    asked = _ASKED.search(last.content) if last and last.type == "text" else None
    if not asked:
        return ""
    last.content = last.content[: asked.start()]
    return slug_of(asked[1])


class EarlierAnchors:
    """The anchors of the headings of a page as it was, so that each keeps its own.

    A heading is known again by its words and those of the headings above it, or by its words
    alone where only one heading had them. So a link to a section goes on working when other
    headings are added, removed, moved or renamed. A heading that is new never takes the anchor
    of another.
    """

    def __init__(self, headings: Iterable[dict] = ()):
        self._above: list[tuple[int, str]] = []
        self._anchors: set[str] = set()
        self._of_path: dict[tuple[str, ...], deque[str]] = {}
        self._of_words: dict[str, list[str]] = {}
        for heading in headings:
            path = self._path_to(heading["level"], heading["text"])
            self._anchors.add(heading["anchor"])
            self._of_path.setdefault(path, deque()).append(heading["anchor"])
            self._of_words.setdefault(heading["text"], []).append(heading["anchor"])
        self._above.clear()

    def take(self, level: int, words: str, taken: set[str], asked: str = "") -> str:
        """The anchor of the next heading of the page, which is taken from now on."""
        of_path = self._of_path.get(self._path_to(level, words))
        of_words = self._of_words.get(words, [])
        known = of_path.popleft() if of_path else of_words[0] if len(of_words) == 1 else ""
        for anchor in (asked, known):
            if anchor and anchor not in taken:
                taken.add(anchor)
                return anchor
        return self._new(slug_of(words), taken)

    def _new(self, slug: str, taken: set[str]) -> str:
        passed_over = set()
        while (anchor := first_free(slug, taken, "-")) in self._anchors:
            passed_over.add(anchor)
        taken -= passed_over
        return anchor

    def _path_to(self, level: int, words: str) -> tuple[str, ...]:
        while self._above and self._above[-1][0] >= level:
            self._above.pop()
        self._above.append((level, words))
        return tuple(heading for _, heading in self._above)


def _is_kept(sign: str) -> bool:
    # Variation selectors and the keycap are marks, but belong to emoji.
    is_emoji_part = "\ufe00" <= sign <= "\ufe0f" or sign == "\u20e3"
    return unicodedata.category(sign)[0] in "LNM" and not is_emoji_part
