"""Markdown to HTML: one pipeline for everything an author types.

CommonMark with GitHub's tables, task lists, strikethrough, autolinks and alerts, and with
footnotes and definition lists. Raw HTML is allowed and then cleaned: the text is rendered with
placeholders where the pipeline itself makes HTML (highlighted code, headings, references), what
remains is sanitised against a short list, and the placeholders are filled in. So an author never
needs, and never has, the right to write ids, styles or embeds.
"""

import logging
from dataclasses import dataclass
from html import escape

from blog.markdown.renderer import LONGEST, MAX_NESTING, Heading, PageRender, parse
from blog.markdown.sanitising import sanitise, words_of_html

__all__ = ["Heading", "Problem", "RenderedMarkdown", "find_problems", "render", "words_of_html"]

logger = logging.getLogger("twotrack.markdown")


@dataclass(frozen=True)
class RenderedMarkdown:
    """What a text gives: HTML in Wagtail's database form, headings, plain text and counts.

    Pages, documents and pictures named by number stand in the HTML as Wagtail stores them in
    rich text; `wagtail.rich_text.expand_db_html` gives them their addresses.
    """

    html: str
    headings: tuple[Heading, ...]
    text: str
    code_text: str
    words: int
    code_words: int


@dataclass(frozen=True)
class Problem:
    """Something in a text that cannot be shown as meant: a line from 1, and what to do."""

    line: int
    message: str


def render(source: str, *, taken_anchors: set[str] | None = None) -> RenderedMarkdown:
    """Render a text. Never raises: what cannot be rendered is shown as it was typed.

    `taken_anchors` are the anchors already used on the page; the new ones are added to it.
    The same source and anchors always give the same HTML.
    """
    anchors = set() if taken_anchors is None else taken_anchors
    source = storable(source)
    if len(source) <= LONGEST:
        try:
            return _render(source, anchors)
        except Exception:  # A page must be readable whatever the parser makes of it.
            logger.exception("A text could not be rendered and is shown as typed")
    return RenderedMarkdown(
        html=f"<pre>{escape(source)}</pre>",
        headings=(),
        text=source,
        code_text="",
        words=len(source.split()),
        code_words=0,
    )


def _render(source: str, anchors: set[str]) -> RenderedMarkdown:
    page = PageRender(anchors)
    html = page.fill(sanitise(page.render(source)))
    text, code_text = page.text(), page.code_text()
    return RenderedMarkdown(
        html=html,
        headings=tuple(page.headings),
        text=text,
        code_text=code_text,
        words=len(text.split()),
        code_words=len(code_text.split()),
    )


def find_problems(source: str) -> list[Problem]:
    """What an editor should put right before publishing, in the order of the lines."""
    source = storable(source)
    if len(source) > LONGEST:
        return [
            Problem(
                1,
                f"The text has {len(source):,} characters; the most is {LONGEST:,}. "
                "Split it into several Markdown blocks.",
            )
        ]
    try:
        tokens = parse(source)
    except RecursionError:
        return [Problem(1, "Lists or quotes are nested too deeply. Flatten them.")]
    found = [Problem(line, message) for line, message in PageRender.problems_in(tokens)]
    deepest = max(tokens, key=lambda token: token.level, default=None)
    if deepest is not None and deepest.level >= MAX_NESTING - 1:
        line = deepest.map[0] + 1 if deepest.map else 1
        found.append(Problem(line, "Lists or quotes are nested too deeply. Flatten them."))
    return sorted(found, key=lambda problem: problem.line)


def storable(source: str) -> str:
    """The text without what neither a database nor an HTML page can hold."""
    return (source or "").encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
