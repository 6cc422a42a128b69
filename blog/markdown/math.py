r"""Formulas in Markdown: $…$ and \(…\) among words; $$…$$, \[…\], ```math and \begin{align} apart.

A dollar opens a formula where no space follows it, and closes one where no space stands before it
and no digit behind it; so prices stay prices. Code is code, whatever stands in it.
"""

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from blog import tex
from blog.highlighting import first_free
from blog.markdown.info import read_info
from blog.markdown.state import PageState

MOST_FORMULAS = 2_000
MOST_TEX = 60_000  # Characters of all formulas of a text together.
WIDEST_ON_PHONES = 15.0  # In em; what may be wider than this gets a name and the keyboard's focus.

_DOLLARS = re.compile(
    r"(?<![0-9A-Za-z$])\$(?![\s$])((?:[^$\\`]|\\.)*+)(?<!\s)\$(?![0-9$])"
    r"|(?<![0-9A-Za-z$])\$`((?:[^$`])*+)`\$(?![0-9$])",
    re.S,
)
_TWO_DOLLARS = re.compile(r"\$\$(?!\$)((?:[^$\\`]|\\.|\$(?!\$))*+)\$\$(?!\$)", re.S)
_RUN = re.compile(r"\$\$+")
_ROUND = re.compile(r"\\\(((?:[^\\`]|\\[^()])*+)\\\)", re.S)
_OPENING = re.compile(
    r"\$\$(?!\$)|\\\[|\\begin\{((?:equation|align|gather|multline|eqnarray)\*?)\}"
)
_EDGE = {
    "$$": re.compile(r"\\.|(\$\$)"),
    "\\[": re.compile(r"(\\[\[\]])|\\."),
    "": re.compile(r"\\(?:begin|end)\{[^{}]*\}"),
}


def math_plugin(parser: MarkdownIt) -> None:
    """Teach a parser formulas. It then yields tokens `math_inline` and `math_block`."""
    parser.inline.ruler.before("escape", "math", _formula_among_words)
    ends = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.after("fence", "math", _formula_apart, ends)


def _formula_among_words(state: StateInline, silent: bool) -> bool:
    if state.src.startswith("$", state.pos):
        found = _DOLLARS.match(state.src, state.pos, state.posMax)
        display = None if found else _TWO_DOLLARS.match(state.src, state.pos, state.posMax)
    elif state.src.startswith("\\(", state.pos):
        found, display = _ROUND.match(state.src, state.pos, state.posMax), None
    else:
        return False
    match = found or display
    content = next(filter(None, match.groups()), "") if match else ""
    if not content.strip():
        return _skip_dollars(state, silent)
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = content
        token.markup = match[0]
        token.meta["is_display"] = match is display
    state.pos = match.end()
    return True


def _skip_dollars(state: StateInline, silent: bool) -> bool:
    """Takes several dollars for text together, so that none of them opens a formula."""
    run = _RUN.match(state.src, state.pos, state.posMax)
    if not run:
        return False
    if not silent:
        state.pending += run[0]
    state.pos = run.end()
    return True


def _formula_apart(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    opening = _OPENING.match(state.src, begin, state.eMarks[start])
    if not opening:
        return False
    last, is_closed = _last_line(state, opening, start, end)
    if not is_closed:
        if not silent and not state.src[opening.end() : state.eMarks[start]].strip():
            state.env.setdefault("refused", {})[start] = _unclosed(opening[0])
        return False
    if silent:
        return True
    typed = state.getLines(start, last + 1, state.blkIndent, False).strip()
    token = state.push("math_block", "math", 0)
    token.block = True
    token.markup = typed
    token.content = typed if opening[1] else typed[2:-2]
    token.map = [start, last + 1]
    state.line = last + 1
    return True


def _last_line(state: StateBlock, opening: re.Match, start: int, end: int) -> tuple[int, bool]:
    """The line that closes the formula at its end, if there is one before the next empty line.

    The first sign that could close or open another decides, so that each line is read once.
    """
    name = opening[1]
    edge = _EDGE["" if name else opening[0]]
    closing = rf"\end{{{name}}}" if name else {"$$": "$$", "\\[": "\\]"}[opening[0]]
    again = opening[0] if name or opening[0] == "\\[" else ""
    position = opening.end()
    for line in range(start, end):
        if line > start:
            if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
                break
            position = state.bMarks[line] + state.tShift[line]
        for found in edge.finditer(state.src, position, state.eMarks[line]):
            if found[0] == closing:
                rest = state.src[found.end() : state.eMarks[line]]
                return line, not rest.strip()
            if found[0] == again:
                return line, False
    return start, False


def _unclosed(opening: str) -> str:
    closing = opening.replace("begin", "end").replace("[", "]")
    return (
        f"A formula begins here with {opening} and has no end before the next empty line, so it "
        f"is shown as typed. Write {closing} at the end of its last line."
    )


def formulas_within_reason(state: StateCore) -> None:
    """Makes formulas of ```math blocks, and text of formulas beyond what one text may have."""
    count = length = 0
    refused = state.env.setdefault("refused", {})
    for token in state.tokens:
        if token.type == "fence" and read_info(token.info).language == "math":
            token.type, token.tag = "math_block", "math"
            token.meta["lines_before"] = 1
        for child in [token, *(token.children or [])]:
            if child.type not in {"math_block", "math_inline"}:
                continue
            count, length = count + 1, length + len(child.content)
            if count > MOST_FORMULAS or length > MOST_TEX:
                refused.setdefault(
                    token.map[0] if token.map else 0,
                    "The text has too many formulas, or too long ones, so from here on they are "
                    "shown as typed. Split the text into several Markdown blocks.",
                )
                _show_as_typed(child)


def _show_as_typed(token: Token) -> None:
    if token.type == "math_inline":
        token.type, token.content = "text_special", token.markup
    else:
        token.type, token.content = "code_block", token.markup or token.content


def formula_html(typed: str, page: PageState, *, is_display: bool, tag: str = "div") -> str:
    """The HTML of a formula in a page. Raises tex.TexError.

    Among words it is the bare <math>; apart it stands in a box, which can be scrolled and is
    named where the formula may be wider than a phone.
    """
    mathml = tex.to_mathml(typed, is_display, page)
    if not is_display:
        return mathml
    scrolls = ""
    if tex.width_of(mathml) > WIDEST_ON_PHONES:
        name = first_free("Formula", page.taken, ", ")
        scrolls = f' tabindex="0" role="group" aria-label="{escape(name)}"'
    return f'<{tag} class="equation"{scrolls}>{mathml}</{tag}>'


def formula_as_typed(typed: str, *, is_display: bool, tag: str = "div") -> str:
    """The TeX of a formula that cannot be shown."""
    shown = f'<code class="tex">{escape(typed.strip(), quote=False)}</code>'
    return f'<{tag} class="equation">{shown}</{tag}>' if is_display else shown
