"""The Markdown that authors write, as tokens: CommonMark with what GitHub has made a habit.

The parser is told where to stop: how deep blocks may nest, and how much work one text may be.
"""

import re

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from blog.markdown.abbreviations import abbreviation_definition, explain_abbreviations
from blog.markdown.citations import citation
from blog.markdown.math import formulas_within_reason, math_plugin
from blog.markdown.sanitising import inline_without_raw_text, without_raw_text

LONGEST = 200_000  # Characters in one text.
MOST_LINES = 8_000
MOST_BLOCKS = 12_000
MOST_CELLS = 10_000
MOST_QUOTED = 40_000  # Lines in quotes, each counted once for every quote it is in.
MAX_NESTING = 24
DEEPEST_BLOCK = MAX_NESTING - 4  # Below the parser's own limit, which drops what lies deeper.
MOST_INLINE_WORK = 30_000_000
_COSTLY = re.compile(r"[\[\]!<&`*_~:]")
_SIGNS = re.compile(r"[#$%@+=(){}^>\\\n-]")
_RUNS = re.compile(r"\s*(?:javascript|vbscript|file|data):", re.I)


def build_parser() -> MarkdownIt:
    """A parser of its own; PARSER is shared, and safe to share between threads."""
    parser = MarkdownIt(
        "gfm-like2", {"html": True, "linkify": True, "maxNesting": MAX_NESTING, "xhtmlOut": False}
    )
    parser.linkify = _web_addresses_only()
    parser.validateLink = _is_acceptable
    parser.use(footnote_plugin, inline=False)
    parser.use(deflist_plugin)
    parser.use(math_plugin)
    parser.block.ruler.before("table", "too_much", _too_much)
    parser.block.ruler.at("table", _table_within_reason, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before(
        "reference",
        "abbreviation",
        abbreviation_definition,
        {"alt": ["paragraph", "reference"]},
    )
    parser.inline.ruler.after("link", "citation", citation)
    parser.core.ruler.disable("linkify")  # The inline rule finds all that begins with a scheme.
    parser.core.ruler.at("inline", _inline_within_reason)
    parser.core.ruler.after("inline", "raw_text", _drop_raw_text)
    parser.core.ruler.after("inline", "math", formulas_within_reason)
    parser.core.ruler.push("abbreviations", explain_abbreviations)
    return parser


def _web_addresses_only() -> LinkifyIt:
    """Links https://… and http://… in text; never file.py, a bare host or a mail address."""
    finder = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "//", "mailto:"):
        finder.add(schema, None)
    return finder


def _is_acceptable(target: str) -> bool:
    """Refuses what runs; other unknown schemes lose their link when the HTML is cleaned."""
    return not _RUNS.match(target)


def problem_of_size(source: str) -> str:
    """Why a text is too large to be rendered, or ""."""
    lines = source.count("\n") + 1
    if len(source) > LONGEST:
        found = f"{len(source):,} characters, and the most is {LONGEST:,}"
    elif lines > MOST_LINES:
        found = f"{lines:,} lines, and the most is {MOST_LINES:,}"
    else:
        return ""
    return f"The text has {found}. Split it into several Markdown blocks."


def refused_parts(env: dict) -> dict[int, str]:
    """What the parser left as typed: for each line, from 0, a sentence or two."""
    return env.setdefault("refused", {})


def _too_much(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Shows as typed what is nested too deeply, where the parser would drop it, or is too much."""
    if silent:
        return False
    blocks = state.env["blocks"] = state.env.get("blocks", 0) + 1
    if state.src.startswith(">", state.bMarks[start] + state.tShift[start]):
        state.env["quoted"] = state.env.get("quoted", 0) + _end_of_lines(state, start, end) - start
    is_too_much = blocks > MOST_BLOCKS or state.env.get("quoted", 0) > MOST_QUOTED
    if state.level < DEEPEST_BLOCK and not is_too_much:
        return False
    refused_parts(state.env)[start] = (
        "Lists or quotes are nested too deeply here, so this part is shown as typed. Flatten them."
        if state.level >= DEEPEST_BLOCK
        else "The text has too many parts, so from here on it is shown as typed. Split it."
    )
    last = start
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent):
        last += 1
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(start, last, state.blkIndent, True)
    token.map = [start, last]
    state.line = last
    return True


def _end_of_lines(state: StateBlock, start: int, end: int) -> int:
    """The line after those that follow one another without an empty one."""
    while start < end and not state.isEmpty(start):
        start += 1
    return start


def _table_within_reason(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, if those of the text together do not have too many cells."""
    if start < state.env.get("no_table_before", 0) or not table(state, start, end, True):
        return False
    if silent:
        return True
    last = _end_of_lines(state, start, end)
    delimiters = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]]
    cells = state.env.get("cells", 0) + (delimiters.count("|") + 1) * (last - start)
    if cells > MOST_CELLS:
        state.env["no_table_before"] = last
        refused_parts(state.env)[start] = (
            "The table has too many cells, so it is shown as typed. Split it."
        )
        return False
    state.env["cells"] = cells
    return table(state, start, end, False)


def _inline_within_reason(state: StateCore) -> None:
    """Parses the words of each block; a block that would cost too much stays as typed.

    The cost of brackets, tags, entities and the like grows with their number times the length of
    the block, so that is what is bounded, over the whole text.
    """
    work = 0
    for token in state.tokens:
        if token.type != "inline":
            continue
        costly = len(_COSTLY.findall(token.content)) + 4 * token.content.count("[")
        signs = len(_SIGNS.findall(token.content))
        cost = costly * (500 + len(token.content)) + 300 * signs
        if work + cost > MOST_INLINE_WORK:
            token.children = [Token("text_special", "", 0, content=token.content)]
            refused_parts(state.env)[token.map[0] if token.map else 0] = (
                "This paragraph is too long and has too many brackets or other signs, so it is "
                "shown as typed. Split it, or make it a code block."
            )
            continue
        work += cost
        token.children = state.md.inline.parse(token.content, state.md, state.env, [])


def _drop_raw_text(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "html_block":
            token.content = without_raw_text(token.content)
        elif token.children:
            token.children = inline_without_raw_text(token.children)


PARSER = build_parser()
