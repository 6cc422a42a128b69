"""Abbreviations: a line like *[HTML]: HyperText Markup Language explains HTML in its text."""

import re
from collections.abc import Iterator

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MOST_ABBREVIATIONS = 100  # Of one text; later ones are shown as typed.
MOST_EXPLAINED = 2_000  # Places in one text; the later ones stay as they are.
LONGEST_TITLE = 300

_DEFINITION = re.compile(r"\*\[([^\[\]]{1,60})\]:[ \t]*(.*)")
_AS_WRITTEN = re.compile(r"<(/?)(?:abbr|code|kbd|pre|samp)\b", re.I)


def abbreviation_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule: takes the line of a definition out of the text."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    found = _DEFINITION.fullmatch(line)
    titles = state.env.setdefault("abbreviations", {})
    if not found or not found[1].strip() or len(titles) >= MOST_ABBREVIATIONS:
        return False
    if not silent:
        titles.setdefault(found[1].strip(), found[2].strip()[:LONGEST_TITLE])
        state.line = start + 1
    return True


def explain_abbreviations(state: StateCore) -> None:
    """A core rule, after all that changes words: marks whole words that are abbreviations."""
    titles = {name: title for name, title in state.env.get("abbreviations", {}).items() if title}
    if not titles:
        return
    names = "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))
    # What a heading asks for as its anchor is no word.
    pattern = re.compile(rf"\{{#[^\s{{}}]*\}}|(?<!\w)({names})(?!\w)")
    explained = 0
    for token in state.tokens:
        if token.type == "inline" and explained < MOST_EXPLAINED:
            token.children = list(_explained(token.children or [], pattern, titles))
            explained += sum(child.type == "abbr_open" for child in token.children)


def _explained(
    children: list[Token], pattern: re.Pattern, titles: dict[str, str]
) -> Iterator[Token]:
    """The tokens of one paragraph; code and addresses are left as they are."""
    passed_over = 0
    for child in children:
        if child.type == "html_inline" and (tag := _AS_WRITTEN.match(child.content)):
            passed_over += -1 if tag[1] else 1
        elif child.type in {"link_open", "link_close"} and child.info == "auto":
            passed_over += child.nesting
        if child.type == "text" and passed_over <= 0:
            yield from _parts_of(child, pattern, titles)
        else:
            yield child


def _parts_of(text: Token, pattern: re.Pattern, titles: dict[str, str]) -> Iterator[Token]:
    position = 0
    for found in pattern.finditer(text.content):
        if found[1]:
            yield from _text(text.content[position : found.start()], text.level)
            title = {"title": titles[found[1]]}
            yield Token("abbr_open", "abbr", 1, attrs=title, level=text.level)
            yield from _text(found[1], text.level + 1)
            yield Token("abbr_close", "abbr", -1, level=text.level)
            position = found.end()
    yield from _text(text.content[position:], text.level)


def _text(content: str, level: int) -> Iterator[Token]:
    if content:
        yield Token("text", "", 0, content=content, level=level)
