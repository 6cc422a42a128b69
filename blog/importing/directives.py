"""Directives: fenced parts of a Markdown document that become blocks of the body.

A directive is a fence at the top level of a document whose name stands in braces. Options follow
on lines of their own, and then what it holds:

    ```{figure} images/cat.png
    :alt: A cat asleep on a keyboard
    The caption.
    ```

One that is not known, or not right, stays in the Markdown as typed, and a note says why.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from django.core.exceptions import ValidationError
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound
from wagtail import blocks
from wagtail.blocks.field_block import ChooserBlock

from blog.blocks import MarkdownBlock, PostBody
from blog.highlighting import LANGUAGES
from blog.importing.documents import ImportedBlock, Picture
from blog.importing.markdown_source import Part, plain_words, top_level, words_of
from blog.importing.pictures import MissingFile, PictureFinder

OPENING = re.compile(r"\{(?P<name>[A-Za-z][\w-]*)\}(?:[ \t]+(?P<argument>.*?))?[ \t]*")
OPTION = re.compile(r":(?P<name>[a-z][\w-]*):(?:[ \t]+(?P<value>.*?))?[ \t]*")
CONTAINER = re.compile(
    r"<(?P<end>/?)(?:details|div|section|article|aside|figure|blockquote|table|ul|ol)\b", re.I
)
MARK = re.compile("\ue006([0-9]+)\ue007")
MARK_ALONE = re.compile("^\ue006([0-9]+)\ue007$", re.MULTILINE)
MARK_IN_LINE = re.compile("^(?P<before>.*?)\ue006(?P<number>[0-9]+)\ue007", re.MULTILINE)
YES = {"", "true", "yes", "on"}
NO = {"false", "no", "off"}
ALIGNED = {"right": "htRight", "center": "htCenter"}


class Unusable(Exception):  # noqa: N818 - it says what is the matter
    """A directive that cannot become a block; the message is a full sentence."""


@dataclass(frozen=True)
class Directive:
    """A directive as typed: its name, what stands behind it, its options, what it holds."""

    name: str
    argument: str
    options: dict[str, str]
    content: str

    def option(self, name: str) -> str:
        return self.options.get(name, "")

    def flag(self, name: str, default: bool = False) -> bool:
        """Whether an option says yes; an option without a word does."""
        word = self.options.get(name, "true" if default else "false").lower()
        if word not in YES | NO:
            raise Unusable(f"The option :{name}: is true or false, not “{word}”.")
        return word in YES

    def caption(self) -> str:
        return plain_words(self.content)


@dataclass(frozen=True)
class Taken:
    """A directive taken out of a text: its first line, as it was typed, and its block."""

    line: int
    typed: str
    block: ImportedBlock


# Taking out and putting back


def take_out(text: str, finder: PictureFinder, first_line: int = 1) -> tuple[str, list[Taken]]:
    """The text with a mark alone on a line for each directive, and what the marks stand for.

    `first_line` is the line of the document that the text begins on.
    """
    text = MARK.sub("", text)
    lines = text.split("\n")
    taken: list[Taken] = []
    for part, name, argument, depth in _openings_in(text):
        line = first_line + part.start
        typed = "\n".join(lines[part.start : part.end])
        try:
            block = _block_of(_directive_of(part, name, argument, typed, depth), finder)
        except (Unusable, MissingFile) as error:
            finder.notes.append(f"Line {line}: {{{name}}} was left as typed. {_sentence(error)}")
            continue
        lines[part.start : part.end] = [""] * (part.end - part.start)
        lines[part.start] = f"\n\ue006{len(taken)}\ue007\n"
        taken.append(Taken(line, typed, replace(block, typed=typed)))
    return "\n".join(lines), taken


def cut_at_directives(
    text: str, taken: list[Taken], notes: list[str]
) -> Iterator[str | ImportedBlock]:
    """The text in order, with the blocks where their marks stand alone on a line.

    What was written around a directive may have taken its mark into a quote or the like; it is
    put back there as typed.
    """
    pieces = MARK_ALONE.split(text)
    for place, piece in enumerate(pieces):
        if place % 2:
            yield taken[int(piece)].block
        elif piece.strip():
            yield put_back(piece, taken, notes)


def put_back(text: str, taken: list[Taken], notes: list[str]) -> str:
    """The text with each mark in it replaced by its directive as typed."""

    def restore(match: re.Match) -> str:
        found = taken[int(match["number"])]
        before = match["before"]
        notes.append(
            f"Line {found.line}: A directive within something else was left as typed. "
            "Move it to the margin."
        )
        return "\n".join(before + line for line in found.typed.split("\n"))

    while MARK.search(text):
        text = MARK_IN_LINE.sub(restore, text)
    return text


def _openings_in(text: str) -> Iterator[tuple[Part, str, str, int]]:
    """The directives at the top level, each with how many HTML elements are open around it."""
    depth = 0
    for part in top_level(text):
        token = part.tokens[0]
        if part.kind == "html_block":
            found = [match["end"] for match in CONTAINER.finditer(token.content)]
            depth = max(0, depth + len(found) - 2 * found.count("/"))
        elif part.kind == "fence" and (opening := OPENING.fullmatch(token.info.strip())):
            yield part, opening["name"], opening["argument"] or "", depth


def _directive_of(part: Part, name: str, argument: str, typed: str, depth: int) -> Directive:
    token = part.tokens[0]
    if depth:
        raise Unusable("It stands within HTML. Move it out.")
    if not re.search(rf"\n {{0,3}}{re.escape(token.markup)}+[ \t]*\Z", typed):
        raise Unusable("It is never closed. End it with the fence it begins with.")
    options, content = _split_options(token.content)
    return Directive(name, argument, options, content)


def _split_options(content: str) -> tuple[dict[str, str], str]:
    options: dict[str, str] = {}
    lines = content.split("\n")
    count = 0
    while count < len(lines) and (found := OPTION.fullmatch(lines[count])):
        if found["name"] in options:
            raise Unusable(f"The option :{found['name']}: is there twice.")
        options[found["name"]] = found["value"] or ""
        count += 1
    return options, "\n".join(lines[count:]).strip("\n")


def _sentence(error: Unusable | MissingFile) -> str:
    if isinstance(error, MissingFile):
        return f"The file {error.address} was not imported: {error.reason}."
    return str(error)


# Blocks


def _block_of(directive: Directive, finder: PictureFinder) -> ImportedBlock:
    """The block of a directive, checked as far as can be without a database."""
    known = KINDS.get(directive.name)
    if known is None:
        raise Unusable(f"There is no such directive. Known are: {', '.join(KINDS)}.")
    unknown = [name for name in directive.options if name not in known.options]
    if unknown:
        has = ", ".join(f":{name}:" for name in known.options) or "none"
        raise Unusable(f"It has no option :{unknown[0]}:. Its options are: {has}.")
    if directive.argument and not known.argument:
        raise Unusable("Nothing may stand behind its name.")
    if known.argument and not directive.argument:
        raise Unusable(f"Behind its name must stand {known.argument}.")
    if known.holds and not directive.content.strip():
        raise Unusable(f"It is empty, and should hold {known.holds}.")
    block = ImportedBlock(known.block, known.build(directive, finder))
    _check(block)
    return block


def _check(block: ImportedBlock) -> None:
    """Whether the block's own rules for its words and choices are met."""
    found = _body().child_blocks.get(block.kind)
    if found is None:
        raise Unusable("This publication has no such block.")
    for name, child in getattr(found, "child_blocks", {}).items():
        if name not in block.value or not isinstance(child, blocks.FieldBlock):
            continue
        if isinstance(child, MarkdownBlock | ChooserBlock):  # These would ask the database.
            continue
        try:
            child.clean(child.to_python(block.value[name]))
        except ValidationError as error:
            raise Unusable(f"{child.label or name}: {' '.join(error.messages)}") from error


@lru_cache
def _body() -> PostBody:
    return PostBody()


def _figure(directive: Directive, finder: PictureFinder) -> dict:
    alt = directive.option("alt")
    if directive.flag("decorative") == bool(alt):
        raise Unusable("A picture has either an :alt: or the mark :decorative: true.")
    value = {
        "image": _picture(directive.argument, alt, finder),
        "caption": directive.caption(),
        "credit": directive.option("credit"),
        "width": directive.option("width") or "normal",
    }
    if dark := directive.option("dark"):
        value["dark_image"] = _picture(dark, alt, finder)
    return value


def _picture(address: str, alt: str, finder: PictureFinder) -> Picture:
    found = finder.picture(address, alt)
    if not isinstance(found, Picture):
        raise MissingFile(address, "it lies elsewhere, and nothing is fetched")
    return found


def _code(directive: Directive, finder: PictureFinder) -> dict:
    first = directive.option("first")
    if first and not re.fullmatch("[0-9]{1,6}", first):
        raise Unusable(f"The option :first: is the number of a line, not “{first}”.")
    value = {
        "language": _language(directive.argument),
        "file_name": directive.option("file"),
        "highlighted_lines": directive.option("lines"),
        "code": directive.content,
        "line_numbers": directive.flag("numbers", default=bool(first)),
    }
    return value | ({"first_line": int(first)} if first else {})


def _language(name: str) -> str:
    """The language as the editor's list has it."""
    known = dict(LANGUAGES)
    name = name.lower() or "text"
    try:
        names = [name, *find_lexer_class_by_name(name).aliases]
    except ClassNotFound:
        names = [name]
    for candidate in names:
        if candidate in known:
            return candidate
    raise Unusable(f"The publication knows no language “{name}”. Write text for none.")


def _equation(directive: Directive, finder: PictureFinder) -> dict:
    return {"tex": directive.content.strip(), "caption": directive.option("caption")}


def _bibliography(directive: Directive, finder: PictureFinder) -> dict:
    heading = directive.option("heading") or "References"
    return {"heading": heading, "bibtex": directive.content, "entries": []}


def _diagram(directive: Directive, finder: PictureFinder) -> dict:
    return {
        "source": directive.content,
        "alt": directive.option("alt"),
        "caption": directive.option("caption"),
        "width": directive.option("width") or "normal",
    }


def _notebook(directive: Directive, finder: PictureFinder) -> dict:
    return {
        "notebook": finder.attachment(directive.argument, "ipynb"),
        "cells": directive.option("cells"),
        "show_code": directive.flag("show_code", default=True),
        "caption": directive.caption(),
    }


def _embed(directive: Directive, finder: PictureFinder) -> dict:
    value = {
        "url": directive.argument,
        "title": directive.option("title"),
        "text": directive.caption(),
    }
    if poster := directive.option("poster"):
        value["poster"] = _picture(poster, "", finder)
    return value


def _callout(directive: Directive, finder: PictureFinder) -> dict:
    return {"kind": directive.name, "text": directive.content}


def _quote(directive: Directive, finder: PictureFinder) -> dict:
    return {
        "text": directive.content,
        "attribution": directive.option("by"),
        "source": directive.option("source"),
    }


def _table(directive: Directive, finder: PictureFinder) -> dict:
    """The cells of a Markdown table; they hold plain words, so markup in them is refused."""
    parts = top_level(directive.content)
    if [part.kind for part in parts] != ["table_open"]:
        raise Unusable("It holds one Markdown table and nothing else.")
    rows: list[list[str]] = []
    aligned: list[dict] = []
    opened = None
    for token in parts[0].tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            opened = token
        elif token.type == "inline":
            if any(child.type not in {"text", "text_special"} for child in token.children or []):
                raise Unusable("Its cells hold plain words. Use a table of Markdown for markup.")
            style = str(opened.attrGet("style") or "").rpartition(":")[2]
            if style in ALIGNED:
                place = {"row": len(rows) - 1, "col": len(rows[-1])}
                aligned.append(place | {"className": ALIGNED[style]})
            rows[-1].append(words_of(token))
    first_col = directive.flag("row_headers")
    return {
        "data": rows,
        "cell": aligned,
        "first_row_is_table_header": True,
        "first_col_is_header": first_col,
        "table_header_choice": "both" if first_col else "row",
        "table_caption": directive.option("caption"),
    }


@dataclass(frozen=True)
class Kind:
    """What a directive becomes, and what it takes.

    `argument` says what must stand behind its name, and `holds` what must stand in it; "" is
    nothing that must.
    """

    block: str
    build: Callable[[Directive, PictureFinder], dict]
    options: tuple[str, ...] = field(default=())
    argument: str = ""
    holds: str = ""


PICTURE = "the path of a picture"
KINDS = {
    "figure": Kind(
        "figure", _figure, ("alt", "decorative", "dark", "width", "credit"), argument=PICTURE
    ),
    "code": Kind(
        "code",
        _code,
        ("file", "lines", "numbers", "first"),
        argument="a language, or text",
        holds="the code",
    ),
    "equation": Kind("equation", _equation, ("caption",), holds="a formula"),
    "bibliography": Kind("bibliography", _bibliography, ("heading",), holds="BibTeX entries"),
    "mermaid": Kind("diagram", _diagram, ("alt", "caption", "width"), holds="a diagram"),
    "notebook": Kind(
        "notebook", _notebook, ("cells", "show_code"), argument="the path of a notebook"
    ),
    "embed": Kind("embed", _embed, ("title", "poster"), argument="an address"),
    "note": Kind("callout", _callout, holds="words"),
    "tip": Kind("callout", _callout, holds="words"),
    "warning": Kind("callout", _callout, holds="words"),
    "danger": Kind("callout", _callout, holds="words"),
    "quote": Kind("quote", _quote, ("by", "source"), holds="somebody's words"),
    "table": Kind("table", _table, ("caption", "row_headers"), holds="a table"),
}
