"""What is in a Jupyter notebook: its bytes, read and checked.

Notebooks of formats 3 and 4 are read, and leniently: what the format demands but nothing here
needs may be missing. Whatever else is not as it should be is refused in words.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from blog.highlighting import showable

LARGEST = 10 * 1024 * 1024
DEEPEST = 50  # Lists and objects inside one another.
MOST_CELLS = 20_000
ENDING = ".ipynb"

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"')
_NO_BRACKET = re.compile(r"[^\[\]{}]+")
_KINDS_OF_FORMAT_3 = {"pyout": "execute_result", "pyerr": "error"}
_TYPES_OF_FORMAT_3 = {
    "text": "text/plain",
    "html": "text/html",
    "latex": "text/latex",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "javascript": "application/javascript",
    "json": "application/json",
}
_SAVE_AGAIN = "Open it in Jupyter, save it there, and upload it again."

logger = logging.getLogger(__name__)


class NotebookError(ValueError):
    """Why a notebook cannot be shown, and what to do, in full sentences."""


@dataclass(frozen=True)
class Output:
    """One output of a cell.

    A "stream" has a `name` and `text`; an "error" has `text`, its traceback. "data" holds the same
    thing in several media types; what is no text is there as None.
    """

    kind: str
    text: str = ""
    name: str = ""
    data: Mapping[str, str | None] = field(default_factory=dict)
    metadata: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A cell, with its place in the notebook from 1, and the number that Jupyter gave its run."""

    number: int
    kind: str
    source: str
    run: int | None = None
    outputs: tuple[Output, ...] = ()
    attachments: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    metadata: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook and the language of its code."""

    cells: tuple[Cell, ...]
    language: str
    size: int = 0


def is_notebook_name(name: str) -> bool:
    return name.lower().endswith(ENDING)


def read_document(document) -> Notebook:
    """The notebook in the file of a document. Raises NotebookError, also if there is no file."""
    try:
        with document.open_file() as file:
            data = file.read(LARGEST + 1)
    except Exception as error:  # Each storage has its own ways to fail.
        logger.warning("The file of document %s cannot be read: %s", document.pk, error)
        raise NotebookError(
            "The file of this document cannot be read. Try again in a minute, "
            "or upload the notebook again."
        ) from error
    return read(data)


def read(data: bytes) -> Notebook:
    """The notebook in these bytes. Raises NotebookError."""
    if len(data) > LARGEST:
        raise NotebookError(
            f"The notebook is larger than {LARGEST // 1024**2} MB. In Jupyter, clear the outputs "
            "that readers do not need, save it, and upload it again."
        )
    written = _parsed(data)
    if not isinstance(written, dict) or not isinstance(written.get("nbformat"), int):
        raise NotebookError(
            "This is not a Jupyter notebook: it does not say which notebook format it has. "
            f"{_SAVE_AGAIN}"
        )
    if written["nbformat"] not in {3, 4}:
        raise NotebookError(
            f"This notebook has format {written['nbformat']}, and only 3 and 4 can be shown. "
            f"{_SAVE_AGAIN}"
        )
    cells = _cells_of(written)
    if len(cells) > MOST_CELLS:
        raise NotebookError(
            f"The notebook has {len(cells):,} cells, and the most is {MOST_CELLS:,}. "
            "Split it, and upload the part that readers need."
        )
    read_cell = _cell_of_format_3 if written["nbformat"] == 3 else _cell_of_format_4
    return Notebook(
        cells=tuple(read_cell(number, cell) for number, cell in enumerate(cells, start=1)),
        language=_language(written, cells),
        size=len(data),
    )


def _parsed(data: bytes):
    try:
        text = data.decode("utf-8-sig")
        written = json.loads(text)
    except UnicodeDecodeError as error:
        raise NotebookError(
            f"This is not a Jupyter notebook: the file is not text in UTF-8. {_SAVE_AGAIN}"
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise NotebookError(
            f"This is not a Jupyter notebook: the file is not valid JSON. {_SAVE_AGAIN}"
        ) from error
    brackets = _NO_BRACKET.sub("", _STRING.sub("", text))
    for _ in range(DEEPEST):
        brackets = brackets.replace("[]", "").replace("{}", "")
    if brackets:
        raise _too_deep()
    return written


def _too_deep() -> NotebookError:
    return NotebookError(
        "The notebook has lists or objects nested too deeply. In Jupyter, clear the outputs, "
        "run it again, save it, and upload it again."
    )


def _cells_of(written: dict) -> list:
    if written["nbformat"] == 4:
        cells = written.get("cells")
    else:
        sheets = written.get("worksheets")
        are_sheets = isinstance(sheets, list) and all(isinstance(sheet, dict) for sheet in sheets)
        parts = [sheet.get("cells", []) for sheet in sheets] if are_sheets else [None]
        are_lists = all(isinstance(part, list) for part in parts)
        cells = [cell for part in parts for cell in part] if are_lists else None
    if not isinstance(cells, list):
        raise NotebookError(f"This is not a Jupyter notebook: it has no cells. {_SAVE_AGAIN}")
    return cells


def _language(written: dict, cells: list) -> str:
    metadata = _mapping(written.get("metadata"))
    names = [
        _mapping(metadata.get("language_info")).get("name"),
        _mapping(metadata.get("kernelspec")).get("language"),
        *(cell.get("language") for cell in cells if isinstance(cell, dict)),
    ]
    name = next((name for name in names if isinstance(name, str) and name.strip()), "python")
    name = showable(name).strip().lower()[:50]
    return "python" if name.startswith("ipython") else name


def _cell_of_format_4(number: int, written) -> Cell:
    kind = written.get("cell_type") if isinstance(written, dict) else None
    if kind not in {"code", "markdown", "raw"}:
        raise _broken(number, "is not a code, Markdown or raw cell")
    outputs = written.get("outputs") or []
    if not isinstance(outputs, list):
        raise _broken(number, "has no list of outputs")
    return Cell(
        number=number,
        kind=kind,
        source=_text(written.get("source"), number),
        run=_run(written.get("execution_count")),
        outputs=tuple(_outputs(outputs, number)) if kind == "code" else (),
        attachments={
            showable(str(name)): _bundle(bundle, number)
            for name, bundle in _mapping(written.get("attachments")).items()
        },
        metadata=_mapping(written.get("metadata")),
    )


def _cell_of_format_3(number: int, written) -> Cell:
    if not isinstance(written, dict):
        raise _broken(number, "is not a code, Markdown or raw cell")
    kind = written.get("cell_type")
    newer = {"cell_type": kind, "source": written.get("source")} | {
        "metadata": written.get("metadata")
    }
    if kind == "code":
        newer["source"] = written.get("input")
        newer["execution_count"] = written.get("prompt_number")
        newer["outputs"] = written.get("outputs")
        if isinstance(newer["outputs"], list):
            newer["outputs"] = [_output_of_format_3(output) for output in newer["outputs"]]
    elif kind == "heading":
        level = written.get("level")
        signs = "#" * (level if level in {1, 2, 3, 4, 5, 6} else 1)
        newer["source"] = f"{signs} {' '.join(_text(written.get('source'), number).split())}"
        newer["cell_type"] = "markdown"
    elif kind == "html":
        newer["cell_type"] = "markdown"
    return _cell_of_format_4(number, newer)


def _output_of_format_3(written):
    if not isinstance(written, dict):
        return written
    kind = written.get("output_type")
    newer = written | {"output_type": _KINDS_OF_FORMAT_3.get(kind, kind)}
    if kind == "stream":
        newer["name"] = written.get("stream", "stdout")
    elif kind in {"pyout", "display_data"}:
        newer["data"] = {
            media_type: written[key]
            for key, media_type in _TYPES_OF_FORMAT_3.items()
            if key in written
        }
    return newer


def _outputs(written: list, number: int) -> Iterator[Output]:
    """The outputs, pieces of one stream that follow one another together."""
    outputs = (_output(one, number) for one in written)
    for name, pieces in groupby(outputs, key=lambda output: output.name):
        if name:
            yield Output("stream", text="".join(piece.text for piece in pieces), name=name)
        else:
            yield from pieces


def _output(written, number: int) -> Output:
    kind = written.get("output_type") if isinstance(written, dict) else None
    if kind == "stream":
        name = "stderr" if written.get("name") == "stderr" else "stdout"
        return Output("stream", text=_text(written.get("text"), number), name=name)
    if kind == "error":
        return Output("error", text=_traceback(written, number))
    if kind in {"execute_result", "display_data", "update_display_data"}:
        return Output(
            "data",
            data=_bundle(written.get("data"), number),
            metadata=_mapping(written.get("metadata")),
        )
    raise _broken(number, "has an output of no known kind")


def _traceback(written: dict, number: int) -> str:
    """What the error printed, or its name and message."""
    lines = written.get("traceback") or []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _broken(number, "has an error whose traceback is not a list of lines")
    names = (_text(written.get(key), number).strip() for key in ("ename", "evalue"))
    return "\n".join(lines) or ": ".join(name for name in names if name)


def _bundle(written, number: int) -> dict[str, str | None]:
    """The forms of one output by media type; JSON data is None."""
    if not isinstance(written, dict):
        raise _broken(number, "has an output or attachment without data")
    return {
        media_type: _text(content, number)
        if isinstance(content, str) or (isinstance(content, list) and _is_text(media_type))
        else None
        for media_type, content in written.items()
    }


def _is_text(media_type: str) -> bool:
    return media_type.startswith(("text/", "image/")) or media_type == "application/javascript"


def _text(written, number: int) -> str:
    """A text, which may be written as a list of its lines."""
    if written is None:
        return ""
    if isinstance(written, str):
        return written
    if isinstance(written, list) and all(isinstance(line, str) for line in written):
        return "".join(written)
    raise _broken(number, "holds something else where text belongs")


def _mapping(written) -> dict:
    return written if isinstance(written, dict) else {}


def _run(written) -> int | None:
    is_number = isinstance(written, int) and not isinstance(written, bool)
    return written if is_number and 0 <= written < 10**9 else None


def _broken(number: int, what: str) -> NotebookError:
    return NotebookError(
        f"This is not a valid Jupyter notebook: cell {number} {what}. {_SAVE_AGAIN}"
    )
