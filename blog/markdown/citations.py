"""Citations in Markdown: [@key], [@key, p. 33] and [@one; @other]."""

import re
from dataclasses import dataclass

from markdown_it.rules_inline import StateInline

KEY = r"[^\W_][\w:.+/-]*"
LONGEST = 1_000  # Characters between the brackets.

_CITATION = re.compile(rf"\[(@[^\[\]`]{{1,{LONGEST}}})\]")
_CITE = re.compile(rf"\s*@({KEY})\s*(?:,\s*([^@]*[^@\s]))?\s*")


@dataclass(frozen=True)
class Cite:
    """One thing that is cited, and where in it: "p. 33", or ""."""

    key: str
    locator: str = ""


def read_citation(words: str) -> tuple[Cite, ...]:
    """What the words cite, with or without their brackets; empty if they are no citation."""
    found = [_CITE.fullmatch(part) for part in words.strip("[]").split(";")]
    if not all(found):
        return ()
    return tuple(Cite(part[1], " ".join((part[2] or "").split())) for part in found)


def citation(state: StateInline, silent: bool) -> bool:
    """An inline rule after that of links, so that [@name](…) is a link, as are those defined.

    The words of a link, which are looked at silently first, have no citations.
    """
    if silent or state.linkLevel:
        return False
    found = _CITATION.match(state.src, state.pos, state.posMax)
    if not found or not read_citation(found[1]):
        return False
    state.push("citation", "", 0).content = found[0]
    state.pos = found.end()
    return True
