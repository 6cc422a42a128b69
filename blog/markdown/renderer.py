"""How each kind of token becomes HTML."""

import re
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from urllib.parse import unquote

from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from blog import diagrams
from blog.highlighting import MOST_COLOURING, colouring_cost, first_free, highlight
from blog.markdown.anchors import take_asked_anchor
from blog.markdown.info import is_diagram, read_info
from blog.markdown.kept import Kept
from blog.markdown.math import formula_as_typed, formula_html
from blog.markdown.parser import LONGEST, PARSER
from blog.markdown.references import is_meant_as_reference, read_link, read_picture
from blog.markdown.state import PageState
from blog.tex import TexError

__all__ = ["LONGEST", "PARSER", "Heading", "Page", "render_tokens"]

_CALLOUTS = {
    "NOTE": ("note", "Note"),
    "TIP": ("tip", "Tip"),
    "IMPORTANT": ("note", "Note"),
    "WARNING": ("warning", "Warning"),
    "CAUTION": ("danger", "Danger"),
}
_CLOSING = re.compile(r"[,.;:!?)\]}’”…%\-–—]*")


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its level in the page, from 2 to 6, its words, and its anchor."""

    level: int
    text: str
    anchor: str


@dataclass
class Page:
    """What one rendering knows of the page it is for, and what it finds on the way."""

    state: PageState = field(default_factory=PageState)
    level_shift: int = 0
    notes: str = "note"
    kept: Kept = field(default_factory=Kept)
    headings: list[Heading] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    colouring: int = 0
    link_ends: list[str] = field(default_factory=list)

    @property
    def taken(self) -> set[str]:
        return self.state.taken


def render_tokens(tokens: list[Token], env: dict, page: Page) -> tuple[str, list[str]]:
    """HTML with marks of `page.kept`, to be cleaned: of the text, and of each of its notes."""
    shift = page.state.heading_shift
    has_h1 = any(token.tag == "h1" for token in tokens)
    page.level_shift = int(has_h1) if shift is None else shift
    # Headings choose their anchors first, so that notes never change them.
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            _name_heading(opening, inline, page)
    _take_places_of_notes(tokens, page)
    env = env | {"page": page}
    body, notes = _parted(tokens)
    return (
        RENDERER.render(body, PARSER.options, env),
        [RENDERER.render(note, PARSER.options, env) for note in notes],
    )


def notes_section(state: PageState) -> str:
    """The notes of a page as its last section, or ""."""
    if not state.notes:
        return ""
    label = first_free("Notes", state.taken, ", ")
    return (
        f'<section class="footnotes" role="doc-endnotes" aria-label="{label}">'
        f"<ol>\n{''.join(state.notes)}</ol></section>\n"
    )


def _name_heading(opening: Token, inline: Token, page: Page) -> None:
    """Give a heading its words and its anchor: the one it asks for, had before, or a new one."""
    asked = take_asked_anchor(inline.children or [])
    words = " ".join(words_of(inline.children or []).split())
    level = _level(opening, page)
    page.state.has_headings |= bool(words) and page.state.heading_shift is None
    opening.meta["words"] = words
    opening.meta["anchor"] = (
        page.state.earlier.take(level, words, page.taken, asked) if words else ""
    )


def _level(token: Token, page: Page) -> int:
    """The level of a heading in the page, whose title is the only one at the top."""
    return max(2, min(int(token.tag[1]) + page.level_shift, 6))


def _parted(tokens: list[Token]) -> tuple[list[Token], list[list[Token]]]:
    """The tokens of the text, and those of each note: the parser puts the notes at the end."""
    types = [token.type for token in tokens]
    if "footnote_block_open" not in types:
        return tokens, []
    start = types.index("footnote_block_open")
    ends = [place for place, kind in enumerate(types) if kind == "footnote_close"]
    starts = [start + 1, *(end + 1 for end in ends[:-1])]
    notes = [tokens[first : end + 1] for first, end in zip(starts, ends, strict=True)]
    return tokens[:start], notes


def words_of(children: list[Token]) -> str:
    """The words of the tokens inside a paragraph or heading, without markup."""
    words = []
    for child in children:
        if child.type in {"text", "text_special", "code_inline", "math_inline"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type == "image":
            words.append(words_of(child.children or []))
    return "".join(words)


class PageRenderer(RendererHTML):
    """Keeps nothing itself: all of one rendering is in `env["page"]`."""

    # Headings

    def heading_open(self, tokens, idx, options, env):
        page, meta = env["page"], tokens[idx].meta
        if not meta["anchor"]:  # Without words there is nothing to go to.
            return "<p>" if tokens[idx + 1].content else ""
        level = _level(tokens[idx], page)
        page.headings.append(Heading(level, meta["words"], meta["anchor"]))
        return page.kept.tag(f"h{level}", f' id="{escape(meta["anchor"])}"')

    def heading_close(self, tokens, idx, options, env):
        page, meta = env["page"], tokens[idx - 2].meta
        if not meta["anchor"]:
            return "</p>\n" if tokens[idx - 1].content else ""
        level = _level(tokens[idx], page)
        link = page.kept.element(
            f'<a class="anchor" href="#{escape(meta["anchor"])}" '
            f'aria-label="{escape("Link to the section " + meta["words"])}">#</a>',
            stands_in="span",
        )
        return f"{link}</h{level}>\n"

    # Code

    def fence(self, tokens, idx, options, env):
        info = read_info(unescapeAll(tokens[idx].info))
        if is_diagram(info):
            return self._diagram(env["page"], tokens[idx].content, info)
        return self._code(env["page"], tokens[idx].content, info)

    def code_block(self, tokens, idx, options, env):
        return self._code(env["page"], tokens[idx].content, read_info(""))

    @staticmethod
    def _diagram(page, source, info):
        page.codes.append(source)
        page.state.diagrams += 1
        html = diagrams.html_of(
            source,
            taken=page.taken,
            caption=info.file_name,
            is_drawn=page.state.draws and page.state.diagrams <= diagrams.MOST,
        )
        return page.kept.element(html) + "\n"

    @staticmethod
    def _code(page, code, info):
        page.codes.append(code)
        page.colouring += colouring_cost(code)
        html = highlight(
            code,
            info.language,
            file_name=info.file_name,
            marked_lines=info.marked_lines,
            first_number=info.first_number,
            taken_labels=page.taken,
            is_coloured=page.colouring <= MOST_COLOURING,
        )
        return page.kept.element(html) + "\n"

    # Formulas

    def math_inline(self, tokens, idx, options, env):
        is_display = tokens[idx].meta["is_display"]
        after = ""
        if not is_display and idx + 1 < len(tokens) and tokens[idx + 1].type == "text":
            after = _CLOSING.match(tokens[idx + 1].content)[0]
            tokens[idx + 1].content = tokens[idx + 1].content[len(after) :]
        return self._formula(env["page"], tokens[idx], is_display, tag="span", after=after)

    def math_block(self, tokens, idx, options, env):
        return self._formula(env["page"], tokens[idx], is_display=True, tag="div") + "\n"

    @staticmethod
    def _formula(page, token, is_display, tag, after=""):
        try:
            html = formula_html(token.content, page.state, is_display=is_display, tag=tag)
        except TexError as error:
            token.meta["error"] = error
            html = formula_as_typed(token.content, is_display=is_display, tag=tag)
        if after:  # Browsers would let a line begin with the comma behind a formula.
            html = f'<span class="nowrap">{html}{escape(after)}</span>'
        return page.kept.element(html, stands_in=tag, words=token.content + after)

    # Links and pictures

    def link_open(self, tokens, idx, options, env):
        page, target = env["page"], str(tokens[idx].attrGet("href") or "")
        if not is_meant_as_reference(target):
            page.link_ends.append("</a>")
            return self.renderToken(tokens, idx, options, env)
        reference = read_link(target)
        page.link_ends.append("</a>" if reference else "")
        return page.kept.tag("a", reference.attributes()) if reference else ""

    def link_close(self, tokens, idx, options, env):
        return env["page"].link_ends.pop()

    def image(self, tokens, idx, options, env):
        token = tokens[idx]
        target = str(token.attrGet("src") or "")
        alt = " ".join(words_of(token.children or []).split())
        if brought := env["page"].state.pictures.get(unquote(target)):
            return env["page"].kept.element(brought.embed(alt), stands_in="span")
        if not is_meant_as_reference(target):
            title = token.attrGet("title")
            shown = f' title="{escape(str(title))}"' if title else ""
            return f'<img src="{escape(target)}" alt="{escape(alt)}"{shown}>'
        reference = read_picture(target)
        if not reference:
            return escape(alt)
        return env["page"].kept.element(reference.embed(alt), stands_in="span")

    # Tables

    def table_open(self, tokens, idx, options, env):
        cells = []
        for token in tokens[idx:]:
            if token.type == "thead_close":
                break
            if token.type == "inline":
                cells.append(" ".join(words_of(token.children or []).split()))
        columns = ", ".join(cell for cell in cells if cell)
        label = first_free(f"Table: {columns}" if columns else "Table", env["page"].taken, ", ")
        attributes = f' class="tablewrap" tabindex="0" role="region" aria-label="{escape(label)}"'
        return env["page"].kept.tag("div", attributes) + "<table>\n"

    def table_close(self, tokens, idx, options, env):
        return "</table></div>\n"

    def th_open(self, tokens, idx, options, env):
        if not tokens[idx + 1].content:
            return "<td>"  # An empty corner heads no column.
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def th_close(self, tokens, idx, options, env):
        return "</th>\n" if tokens[idx - 1].content else "</td>\n"

    def td_open(self, tokens, idx, options, env):
        return f"<td{_alignment(tokens[idx])}>"

    # Callouts and tasks

    def alert_open(self, tokens, idx, options, env):
        return f'<div class="callout {_CALLOUTS[tokens[idx].info][0]}">\n'

    def alert_title_open(self, tokens, idx, options, env):
        title = _CALLOUTS[tokens[idx - 1].info][1]
        tokens[idx + 1].children = [Token("text", "", 0, content=title)]
        return '<p class="callout-title">'

    def list_item_open(self, tokens, idx, options, env):
        token, following = tokens[idx], tokens[idx + 1]
        if "checked" not in token.meta:
            return self.renderToken(tokens, idx, options, env)
        is_loose = following.type == "paragraph_open" and not following.hidden
        item = env["page"].kept.tag("li", ' class="task"')
        return item if is_loose else item + self._box(env["page"], token)

    def paragraph_open(self, tokens, idx, options, env):
        before = tokens[idx - 1] if idx else None
        html = self.renderToken(tokens, idx, options, env)
        is_task = html and before and before.type == "list_item_open" and "checked" in before.meta
        return html + self._box(env["page"], before) if is_task else html

    @staticmethod
    def _box(page, item):
        state = 'checked aria-label="Done"' if item.meta["checked"] else 'aria-label="To do"'
        return page.kept.element(f'<input type="checkbox" disabled {state}>', stands_in="span")

    def bullet_list_open(self, tokens, idx, options, env):
        return "<ul>\n"

    def ordered_list_open(self, tokens, idx, options, env):
        start = tokens[idx].attrGet("start")
        return f'<ol start="{escape(str(start))}">\n' if start is not None else "<ol>\n"

    # Notes

    def footnote_ref(self, tokens, idx, options, env):
        page, number = env["page"], _number_of(env["page"], tokens[idx])
        return page.kept.element(
            f'<sup class="noteref"><a href="#{_id_of_note(page, tokens[idx])}" '
            f'id="{_id_of_use(page, tokens[idx])}" role="doc-noteref" '
            f'aria-label="Note {number}">{number}</a></sup>',
            stands_in="span",
        )

    def footnote_open(self, tokens, idx, options, env):
        page = env["page"]
        return page.kept.tag("li", f' id="{_id_of_note(page, tokens[idx])}"')

    def footnote_close(self, tokens, idx, options, env):
        return "</li>\n"

    def footnote_anchor(self, tokens, idx, options, env):
        page, meta = env["page"], tokens[idx].meta
        number = _number_of(page, tokens[idx])
        use = f", use {meta['subId'] + 1}" if meta.get("subId") else ""
        link = page.kept.element(
            f'<a href="#{_id_of_use(page, tokens[idx])}" role="doc-backlink" '
            f'aria-label="Back to note {number} in the text{use}">↩\ufe0e</a>',
            stands_in="span",
        )
        return " " + link

    # Citations

    def citation(self, tokens, idx, options, env):
        page, typed = env["page"], escape(tokens[idx].content)
        if not page.state.has_references:
            return typed
        return page.kept.element(f"<cite data-citation>{typed}</cite>", stands_in="span")

    # Words

    def s_open(self, tokens, idx, options, env):
        return "<del>"

    def s_close(self, tokens, idx, options, env):
        return "</del>"


def _alignment(token: Token) -> str:
    side = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f' class="{side}"' if side in {"center", "right"} else ""


def _take_places_of_notes(tokens: list[Token], page: Page) -> None:
    """Choose the prefix of the ids of notes such that none is taken, and take those ids."""
    notes = [token for token in tokens if token.type in {"footnote_open", "footnote_anchor"}]
    number = 1
    while page.taken & (places := {_place_of(page, token) for token in notes}):
        number += 1
        page.notes = f"note{number}"
    page.taken.update(places)


def _place_of(page: Page, token: Token) -> str:
    return _id_of_note(page, token) if token.type == "footnote_open" else _id_of_use(page, token)


def _number_of(page: Page, token: Token) -> int:
    """The number of a note in the whole page."""
    return len(page.state.notes) + token.meta["id"] + 1


def _id_of_note(page: Page, token: Token) -> str:
    return f"{page.notes}-{_number_of(page, token)}"


def _id_of_use(page: Page, token: Token) -> str:
    use = token.meta.get("subId", 0)
    return f"{_id_of_note(page, token)}-at{f'-{use + 1}' if use else ''}"


RENDERER = PageRenderer(PARSER)
