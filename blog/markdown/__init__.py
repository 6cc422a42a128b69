"""Markdown to HTML: one pipeline for everything an author types.

CommonMark with GitHub's tables, task lists, strikethrough, web addresses and alerts, and with
footnotes and definition lists. Raw HTML is allowed and then cleaned: the text is rendered with
marks where the pipeline itself makes HTML (highlighted code, headings, references), what remains
is cleaned against a short list, and the marks are filled in. So an author never needs, and never
has, the right to write ids, styles or embeds.
"""

import logging
import re
from dataclasses import dataclass
from html import escape

from blog.highlighting import showable
from blog.markdown.parser import PARSER, problem_of_size
from blog.markdown.problems import Problem, find_problems
from blog.markdown.renderer import Heading, Page, notes_section, render_tokens
from blog.markdown.sanitising import TooTangledError, clean
from blog.markdown.state import PageState
from blog.tex import point_to_equations

__all__ = [
    "Heading",
    "PageState",
    "Problem",
    "RenderedMarkdown",
    "find_problems",
    "notes_section",
    "render",
]

_HEADING_ID = re.compile(r'<h[2-6] id="([^"]*)"')

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RenderedMarkdown:
    """What a text gives: HTML in Wagtail's database form, headings, plain text and counts.

    Pages, documents and pictures named by number stand in the HTML as Wagtail stores them in
    rich text; `wagtail.rich_text.expand_db_html` gives them their addresses. `text` is the prose,
    a line for each block; `code_text` is the code of the code blocks.
    """

    html: str
    headings: tuple[Heading, ...]
    text: str
    code_text: str
    words: int
    code_words: int


def render(source: str, *, page: PageState | None = None) -> RenderedMarkdown:
    """Render a text. Never raises: what cannot be rendered is shown as it was typed.

    `page` is the page that the text is a part of: ids differ from those it has, and notes are
    gathered there. Without one the text is a page of its own, with its notes at its end. The same
    source and state always give the same HTML.
    """
    source = showable(source or "")
    state = page or PageState()
    if not problem_of_size(source):
        before = frozenset(state.taken)
        try:
            return _render(source, state, is_part=page is not None)
        except TooTangledError:
            pass
        except Exception:  # A page must be readable whatever the parser makes of its text.
            logger.exception("A text could not be rendered and is shown as typed")
        state.taken.intersection_update(before)
    return _result(f"<pre>{escape(source)}</pre>", (), source, "")


def _render(source: str, state: PageState, *, is_part: bool) -> RenderedMarkdown:
    page, env = Page(state), {}
    tokens = PARSER.parse(source, env)
    body, notes = render_tokens(tokens, env, page)
    finished = page.kept.put_back(clean(body))
    finished_notes = [page.kept.put_back(clean(note)) for note in notes]
    anchors = set(_HEADING_ID.findall(finished.html))  # Broken HTML may have swallowed some.
    shown = tuple(heading for heading in page.headings if heading.anchor in anchors)
    codes = [*page.codes, finished.code, *(note.code for note in finished_notes)]
    state.notes += [note.html for note in finished_notes]
    html = finished.html if is_part else finished.html + notes_section(state)
    html = point_to_equations(html, state.labels, is_last=not is_part)
    return _result(
        html,
        shown,
        "\n".join(part.text for part in (finished, *finished_notes) if part.text),
        "\n".join(code.strip("\n") for code in codes if code.strip()),
    )


def _result(html: str, headings: tuple[Heading, ...], text: str, code: str) -> RenderedMarkdown:
    return RenderedMarkdown(
        html=html,
        headings=headings,
        text=text,
        code_text=code,
        words=len(text.split()),
        code_words=len(code.split()),
    )
