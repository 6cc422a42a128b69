"""The Markdown that authors write, as tokens: CommonMark with what GitHub has made a habit.

The parser is told where to stop: how deep blocks may nest, and how much work one text may be.
"""

import re

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from blog.markdown.sanitising import inline_without_raw_text, without_raw_text

LONGEST = 200_000  # Characters in one text.
MAX_NESTING = 50
DEEPEST_BLOCK = MAX_NESTING - 4  # Below the parser's own limit, which drops what lies deeper.
MOST_INLINE_WORK = 30_000_000
_COSTLY = re.compile(r"[\[\]!<&`*_~:]")


def build_parser() -> MarkdownIt:
    """A parser of its own; PARSER is shared, and safe to share between threads."""
    parser = MarkdownIt(
        "gfm-like2", {"html": True, "linkify": True, "maxNesting": MAX_NESTING, "xhtmlOut": False}
    )
    parser.linkify = _web_addresses_only()
    parser.validateLink = _is_acceptable
    parser.use(footnote_plugin, inline=False)
    parser.use(deflist_plugin)
    parser.block.ruler.before("table", "too_deep", _too_deep)
    parser.core.ruler.at("inline", _inline_within_reason)
    parser.core.ruler.after("inline", "raw_text", _drop_raw_text)
    return parser


def _web_addresses_only() -> LinkifyIt:
    """Links https://… and http://… in text; never file.py, a bare host or a mail address."""
    finder = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "//", "mailto:"):
        finder.add(schema, None)
    return finder


def _is_acceptable(target: str) -> bool:
    """Refuses what runs; other unknown schemes lose their link when the HTML is cleaned."""
    return not re.match(r"\s*(?:javascript|vbscript|file|data):", target, re.I)


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Shows what is nested too deeply as it was typed, where the parser would drop it."""
    if silent or state.level < DEEPEST_BLOCK:
        return False
    last = start
    while last < end and (state.isEmpty(last) or state.sCount[last] >= state.blkIndent):
        last += 1
    token = state.push("code_block", "code", 0)
    token.content = state.getLines(start, last, state.blkIndent, True)
    token.meta["is_too_deep"] = True
    token.map = [start, last]
    state.line = last
    return True


def _inline_within_reason(state: StateCore) -> None:
    """Parses the words of each block; a block that would cost too much stays as typed.

    The cost of brackets, tags, entities and the like grows with their number times the length of
    the block, so that is what is bounded, over the whole text.
    """
    work = 0
    for token in state.tokens:
        if token.type != "inline":
            continue
        cost = len(token.content) * sum(1 for _ in _COSTLY.finditer(token.content))
        if work + cost > MOST_INLINE_WORK:
            token.children = [Token("text", "", 0, content=token.content)]
            token.meta["is_too_costly"] = True
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
