"""Chosen cells of a notebook as a part of a page."""

import re
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

from markdown_it.token import Token

from blog import markdown
from blog.highlighting import (
    MOST_COLOURING,
    colouring_cost,
    highlight,
    parse_lines,
    showable,
)
from blog.markdown import Heading, PageState
from blog.markdown.parser import PARSER, problem_of_size
from blog.notebooks import tables, terminal
from blog.notebooks.outputs import Shown, picture_type, problem_of_pictures, shown_outputs
from blog.notebooks.pictures import PictureError, StoredPicture, check
from blog.notebooks.reading import Cell, Notebook, NotebookError

MOST_CELLS = 300  # Of one block, like the limits that follow.
MOST_OUTPUTS = 600
LONGEST = 600_000  # Characters.

_CELL_MAGIC = re.compile(r"%%(\w+)")
_MAGIC_LANGUAGES = {
    "R": "r",
    "bash": "bash",
    "cython": "cython",
    "html": "html",
    "javascript": "javascript",
    "js": "javascript",
    "julia": "julia",
    "latex": "latex",
    "markdown": "markdown",
    "perl": "perl",
    "ruby": "ruby",
    "script": "bash",
    "sh": "bash",
    "sql": "sql",
    "svg": "xml",
    "writefile": "text",
}


@dataclass
class Written:
    """What the cells so far have given."""

    html: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    words: int = 0
    printed: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    colouring: int = 0


def chosen_cells(notebook: Notebook, cells: str) -> list[Cell]:
    """The cells that words like "1-4, 7" name, or all. Raises NotebookError."""
    try:
        numbers = parse_lines(cells, "cell")
    except ValueError as error:
        raise NotebookError(str(error)) from error
    if numbers and max(numbers) > len(notebook.cells):
        count = len(notebook.cells)
        raise NotebookError(
            f"There is no cell {max(numbers)}: the notebook has "
            f"{count} {'cell' if count == 1 else 'cells'}, counted from 1."
        )
    return [cell for cell in notebook.cells if not numbers or cell.number in numbers]


def problem_of_cells(cells: list[Cell]) -> str:
    """Why these cells cannot be shown all, and what to do, or ""."""
    outputs = sum(len(cell.outputs) for cell in cells)
    characters = sum(_weight(cell) for cell in cells)
    for found, most, what in (
        (len(cells), MOST_CELLS, "cells"),
        (outputs, MOST_OUTPUTS, "outputs"),
        (characters, LONGEST, "characters"),
    ):
        if found > most:
            return (
                f"That is {found:,} {what}, and the most is {most:,} in one block. "
                "Choose the cells that readers need, for example 1-4, 7."
            )
    for cell in cells:
        too_large = problem_of_size(cell.source) if cell.kind == "markdown" else ""
        if too_large:
            return f"Cell {cell.number} is too long for a page. Split it in Jupyter."
        if problem := problem_of_pictures(cell) or _problem_of_attachments(cell):
            return problem
    return ""


def render_cells(
    notebook: Notebook, cells: Iterable[Cell], page: PageState, *, has_code: bool = True
) -> Written:
    """The cells as HTML in Wagtail's database form, at most as many as a page can bear."""
    written, outputs, characters = Written(), 0, 0
    cells = list(cells)
    shift = _heading_shift(cells[:MOST_CELLS], page)
    for place, cell in enumerate(cells):
        outputs += len(cell.outputs)
        characters += _weight(cell)
        if place >= MOST_CELLS or outputs > MOST_OUTPUTS or characters > LONGEST:
            written.html.append('<p class="notebook-note">The rest is in the notebook.</p>')
            break
        with _state_for(page, cell, shift):
            if cell.kind == "markdown":
                _write_prose(cell, written, page)
            elif cell.kind == "code":
                if has_code:
                    _write_code(cell, notebook.language, written, page)
                _write_outputs(cell, written, page)
    return written


def _weight(cell: Cell) -> int:
    """How many characters of a page the cell may take, without its pictures."""
    texts = [output.text[: terminal.LONGEST] for output in cell.outputs]
    for output in cell.outputs:
        html = output.data.get("text/html") or ""
        texts += [
            html if len(html) <= tables.LONGEST else "",
            (output.data.get("text/plain") or "")[: terminal.LONGEST],
            output.data.get("text/markdown") or "",
            output.data.get("text/latex") or "",
        ]
    return len(cell.source) + sum(len(text) for text in texts)


# Markdown cells


def _heading_shift(cells: list[Cell], page: PageState) -> int:
    """How much deeper headings go: the highest stands one level below the page's sections."""
    levels = [
        int(token.tag[1])
        for cell in cells
        if cell.kind == "markdown" and not problem_of_size(cell.source)
        for token in _tokens(cell.source)
        if token.type == "heading_open"
    ]
    return (3 if page.has_headings else 2) - min(levels, default=1)


def _tokens(source: str) -> list[Token]:
    try:
        return PARSER.parse(showable(source), {})
    except Exception:  # As in blog.markdown, which then shows the text as typed.
        return []


@contextmanager
def _state_for(page: PageState, cell: Cell, shift: int):
    """Lends the page's state to the texts of a cell."""
    before = page.heading_shift, page.pictures
    page.heading_shift, page.pictures = shift, _attached_pictures(cell)
    try:
        yield
    finally:
        page.heading_shift, page.pictures = before


def _attached_pictures(cell: Cell) -> dict[str, StoredPicture]:
    """The pictures that were dropped into a Markdown cell, by the target that names them."""
    pictures = {}
    for name, bundle in cell.attachments.items():
        media_type = picture_type(bundle)
        if media_type and name in cell.source.replace("%20", " "):
            try:
                pictures[f"attachment:{name}"] = check(media_type, bundle[media_type]).stored()
            except PictureError:
                continue
    return pictures


def _problem_of_attachments(cell: Cell) -> str:
    for name, bundle in cell.attachments.items():
        media_type = picture_type(bundle)
        try:
            if media_type:
                check(media_type, bundle[media_type])
        except PictureError as error:
            return (
                f"The picture {name} in cell {cell.number} {error}. "
                "Put it into the cell again in Jupyter, save the notebook, and upload it again."
            )
    return ""


def _write_prose(cell: Cell, written: Written, page: PageState) -> None:
    rendered = markdown.render(cell.source, page=page)
    written.html.append(tables.without_missing_pictures(rendered.html))
    written.headings += rendered.headings
    written.prose.append(rendered.text)
    written.words += rendered.words
    written.code.append(rendered.code_text)


# Code cells


def _write_code(cell: Cell, language: str, written: Written, page: PageState) -> None:
    source = showable(cell.source).strip("\n")
    if not source.strip():
        return
    magic = _CELL_MAGIC.match(source)
    if magic:
        language = _MAGIC_LANGUAGES.get(magic[1], language)
    written.colouring += colouring_cost(source)
    written.code.append(source)
    written.html.append(
        highlight(
            source,
            language,
            file_name=f"In [{' ' if cell.run is None else cell.run}]",
            taken_labels=page.taken,
            is_coloured=written.colouring <= MOST_COLOURING,
        )
    )


def _write_outputs(cell: Cell, written: Written, page: PageState) -> None:
    outputs: list[Shown] = shown_outputs(cell, page)
    if outputs:
        html = "".join(output.html for output in outputs)
        written.html.append(f'<div class="notebook-output">{html}</div>')
        written.prose += [output.text for output in outputs]
        written.printed += [output.code for output in outputs]


def file_line(title: str, document_id: int, size: str, caption: str) -> str:
    """The line under the cells: what they show, and the notebook to download."""
    said = f"<span>{escape(showable(caption))}</span> " if caption else ""
    return (
        f'<p class="notebook-file">{said}<span>Notebook: '
        f'<a linktype="document" id="{document_id}">{escape(showable(title))}</a>'
        f" ({escape(size)})</span></p>"
    )
