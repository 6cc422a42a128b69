"""What makes a standard page of Markdown: sections, rules and card grids with headings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blog.importing.documents import ImportedBlock
from blog.importing.html_to_markdown import escape_text
from blog.importing.markdown_source import (
    ASKED_ANCHOR,
    Part,
    top_level,
    with_definitions,
    words_of,
)

PLAIN = {"text", "text_special", "softbreak"}
LONGEST_HEADING = 200


@dataclass
class _Stretch:
    """What stands under one heading, or before the first; `is_rule` marks a rule instead."""

    heading: str = ""
    text: str = ""
    is_rule: bool = False


def page_blocks(blocks: Iterable[ImportedBlock]) -> tuple[ImportedBlock, ...]:
    """The blocks of a standard page for those of its text.

    A heading of level 2 with what follows it becomes a section, a rule a divider, and a heading
    with nothing but a card grid under it the heading of that grid.
    """
    found: list[ImportedBlock] = []
    for block in blocks:
        if block.kind == "card_grid" and not block.value["heading"] and _is_bare_heading(found):
            heading = found.pop().value["heading"]
            block = replace(block, value=block.value | {"heading": heading})
        found += _parts_of(block) if block.kind == "markdown" else [block]
    return tuple(_without_bare_headings(found))


def _is_bare_heading(blocks: list[ImportedBlock]) -> bool:
    return bool(blocks) and blocks[-1].kind == "section" and not blocks[-1].value["text"]


def _without_bare_headings(blocks: list[ImportedBlock]) -> Iterator[ImportedBlock]:
    """A heading with nothing under it but another kind of block stays a heading in Markdown."""
    for block in blocks:
        if block.kind == "section" and not block.value["text"]:
            yield ImportedBlock("markdown", f"## {escape_text(block.value['heading'])}")
        else:
            yield block


def _parts_of(block: ImportedBlock) -> list[ImportedBlock]:
    stretches = _stretches(block.value)
    texts = with_definitions([stretch.text for stretch in stretches], block.value)
    parts = []
    for stretch, text in zip(stretches, texts, strict=True):
        if stretch.is_rule:
            parts.append(ImportedBlock("divider"))
        elif stretch.heading:
            value = {"heading": stretch.heading, "text": text}
            parts.append(ImportedBlock("section", value, block.pictures))
        elif text.strip():
            parts.append(ImportedBlock("markdown", text, block.pictures))
    return parts


def _stretches(text: str) -> list[_Stretch]:
    lines = text.split("\n")
    stretches, begin = [_Stretch()], 0
    for part in top_level(text):
        heading = _heading_of(part)
        is_other_heading = not heading and part.tokens[0].tag in {"h1", "h2"}
        if not (heading or is_other_heading or part.kind == "hr"):
            continue
        stretches[-1].text = "\n".join(lines[begin : part.start]).strip("\n")
        stretches += (
            [_Stretch(heading)] if part.kind != "hr" else [_Stretch("", "", True), _Stretch()]
        )
        begin = part.start if is_other_heading else part.end
    stretches[-1].text = "\n".join(lines[begin:]).strip("\n")
    return stretches


def _heading_of(part: Part) -> str:
    """The words of a heading of level 2 that holds no markup, else nothing."""
    if part.kind != "heading_open" or part.tokens[0].tag != "h2":
        return ""
    words = ASKED_ANCHOR.sub("", words_of(part.inline))
    is_plain = all(child.type in PLAIN for child in part.inline.children or [])
    return words if is_plain and len(words) <= LONGEST_HEADING else ""
