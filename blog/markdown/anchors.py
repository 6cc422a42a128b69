"""Names for places on a page: readable, stable across edits, and never two alike."""

import re
import unicodedata

from blog.highlighting import first_free

LONGEST_ANCHOR = 80
_JOINERS = re.compile(r"[\s_-]+")


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


def take_anchor(words: str, taken: set[str]) -> str:
    """The slug of the words, numbered where the page has it already, and taken from now on."""
    return first_free(slug_of(words), taken, "-")


def _is_kept(sign: str) -> bool:
    # Variation selectors and the keycap are marks, but belong to emoji.
    is_emoji_part = "\ufe00" <= sign <= "\ufe0f" or sign == "\u20e3"
    return unicodedata.category(sign)[0] in "LNM" and not is_emoji_part
