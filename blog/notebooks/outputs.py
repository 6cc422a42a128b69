"""One output of a cell as HTML: the best of the forms it came in that a page can show."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from blog import markdown
from blog.highlighting import showable
from blog.markdown import PageState
from blog.markdown.math import formula_html
from blog.markdown.sanitising import TooTangledError
from blog.notebooks import tables
from blog.notebooks.pictures import FORMATS, WIDEST, CheckedPicture, PictureError, check
from blog.notebooks.reading import Cell, Output
from blog.notebooks.terminal import printed
from blog.tex import TexError, without_delimiters

INTERACTIVE = "An interactive output is not shown."
LONGEST_ALT = 500

_INTERACTIVE_TYPE = re.compile(
    r"application/(?:javascript|vnd\.(?:jupyter\.widget|plotly|vega|vegalite|bokeh|holoviews)).*"
)
_LIVE_TAG = re.compile(r"<(?:script|iframe|canvas|object|embed|audio|video)\b", re.I)
_FALLBACK = re.compile(r"""class=["'][^"']*\b(?:sk|xr)-text-repr-fallback""")
_BARE_OBJECT = re.compile(r"<IPython\.[\w.]+ object>|\w*(?:Box|Widget|Slider|Output|Progress)\(.*")
_TAGS = re.compile(r"<[^<>]*>")
_ALT_COMMENT = re.compile(r"^#\s*\|\s*(?:fig-)?alt:\s*(.+)$", re.M)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """HTML in Wagtail's database form, its words, and what it has of code and printed text."""

    html: str
    text: str = ""
    code: str = ""


def shown_outputs(cell: Cell, page: PageState) -> list[Shown]:
    """The outputs of a cell, each in the one form that is shown; what has none is left out."""
    found, pictures = [], 0
    for output in cell.outputs:
        name = f"Output of cell {cell.number}"
        if pictures:
            name = f"{name}, picture {pictures + 1}"
        shown = _shown(output, cell, name, page)
        if shown:
            pictures += shown.html.startswith("<embed")
            found.append(shown)
    return found


def problem_of_pictures(cell: Cell) -> str:
    """What to do about a picture of the cell that cannot be shown, or ""."""
    for output in cell.outputs:
        media_type = picture_type(output.data)
        try:
            if media_type and not _is_table(output):
                check(media_type, output.data[media_type])
        except PictureError as error:
            return (
                f"A picture in the output of cell {cell.number} {error}. "
                "Run the cell again in Jupyter, save the notebook, and upload it again."
            )
    return ""


def picture_type(data) -> str:
    """The media type of the picture among the forms of an output, or ""."""
    return next((one for one in FORMATS if data.get(one)), "")


def _shown(output: Output, cell: Cell, name: str, page: PageState) -> Shown | None:
    if output.kind == "stream":
        return _terminal(output.text, name, "stderr" if output.name == "stderr" else "")
    if output.kind == "error":
        return _terminal(output.text, f"Error of cell {cell.number}", "error")
    forms: list[Callable[[], Shown | None]] = [
        lambda: _picture(output, cell, name),
        lambda: _interactive(output),
        lambda: _terminal(output.data.get("text/plain") or "", name, ""),
    ]
    if not _is_interactive(output):
        forms = [
            lambda: _html(output, cell, page),
            lambda: _markdown(output, page),
            lambda: _formula(output, page),
            *forms,
        ]
    return next((shown for form in forms if (shown := form())), None)


def _terminal(text: str, name: str, kind: str) -> Shown | None:
    result = printed(text)
    if not result.text:
        return None
    lines = "line" if result.left_out == 1 else "lines"
    rest = f"{result.left_out:,} more {lines} in the notebook." if result.left_out else ""
    css = f' class="{kind}"' if kind else ""
    gap = "\n" if result.text.startswith("\n") else ""  # A parser drops the first newline.
    return Shown(
        f'<pre{css} tabindex="0" role="group" aria-label="{escape(name)}">'
        f"{gap}{escape(result.text)}</pre>" + (_note(rest) if rest else ""),
        code=result.text,
    )


def _note(sentence: str) -> str:
    return f'<p class="notebook-note">{escape(sentence)}</p>'


# Forms of one thing


def _is_table(output: Output) -> bool:
    return "<table" in (output.data.get("text/html") or "").lower()


def _is_interactive(output: Output) -> bool:
    """Whether the thing lives by a script, and what stands in the page would be its shell."""
    html = output.data.get("text/html") or ""
    is_live = any(_INTERACTIVE_TYPE.fullmatch(one) for one in output.data)
    return is_live or bool(_LIVE_TAG.search(html) and not _is_table(output))


def _interactive(output: Output) -> Shown | None:
    plain = (output.data.get("text/plain") or "").strip()
    if _is_interactive(output) or _BARE_OBJECT.fullmatch(plain.split("\n", 1)[0]):
        return Shown(_note(INTERACTIVE))
    return None


def _html(output: Output, cell: Cell, page: PageState) -> Shown | None:
    markup = showable(output.data.get("text/html") or "")
    if not markup.strip() or len(markup) > tables.LONGEST or _FALLBACK.search(markup):
        return None
    try:
        finished = tables.sanitised(markup)
    except TooTangledError:
        return None
    if "<img" not in finished.html and not _TAGS.sub("", finished.html).strip():
        return None
    html = tables.arranged(finished.html, f"Table of cell {cell.number}", page.taken)
    return Shown(f'<div class="notebook-html">{html}</div>', finished.text, finished.code)


def _markdown(output: Output, page: PageState) -> Shown | None:
    source = output.data.get("text/markdown") or ""
    if not source.strip():
        return None
    rendered = markdown.render(source, page=page)
    html = tables.without_missing_pictures(rendered.html)
    return Shown(f'<div class="notebook-html">{html}</div>', rendered.text, rendered.code_text)


def _formula(output: Output, page: PageState) -> Shown | None:
    source = without_delimiters(showable(output.data.get("text/latex") or "")).strip()
    source = source.removeprefix("\\displaystyle").strip()
    try:
        return Shown(formula_html(source, page, is_display=True), code=source) if source else None
    except TexError:  # A picture or plain text may come with it.
        return None


def _picture(output: Output, cell: Cell, name: str) -> Shown | None:
    media_type = picture_type(output.data)
    if not media_type:
        return None
    try:
        picture = check(media_type, output.data[media_type] or "")
        stored = picture.stored(_wanted_width(output, media_type, picture))
    except PictureError:
        return None
    except Exception:  # Whatever the storage says, the rest of the page can be read.
        logger.exception("A picture of a notebook could not be stored")
        return None
    alt = _alt(output, media_type, cell) or name
    return Shown(stored.embed(alt), text="" if alt == name else alt)


def _wanted_width(output: Output, media_type: str, picture: CheckedPicture) -> int | None:
    """Jupyter says how wide a picture is shown that has more pixels than that."""
    of_type = output.metadata.get(media_type)
    width = (of_type if isinstance(of_type, dict) else output.metadata).get("width")
    is_number = isinstance(width, int | float) and not isinstance(width, bool)
    return int(width) if is_number and 1 <= width <= min(WIDEST, picture.width) else None


def _alt(output: Output, media_type: str, cell: Cell) -> str:
    """What the author wrote about the picture: with the output, the cell, or in its code."""
    of_type = output.metadata.get(media_type)
    comment = _ALT_COMMENT.search(cell.source)
    written = [
        of_type.get("alt") if isinstance(of_type, dict) else None,
        output.metadata.get("alt"),
        cell.metadata.get("alt"),
        comment[1].strip().strip("\"'") if comment else None,
    ]
    texts = (" ".join(showable(one).split()) for one in written if isinstance(one, str))
    return next((text[:LONGEST_ALT] for text in texts if text), "")
