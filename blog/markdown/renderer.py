"""The parser with its extensions, and how each kind of token becomes HTML."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.gfm import gfm_plugin

from blog.highlighting import highlight, parse_lines
from blog.markdown.sanitising import words_of_html

LONGEST = 200_000  # characters
MAX_NESTING = 60
REFERENCE = re.compile(r"(page|doc|image):(\d{1,9})(?:,[^#]*)?")
MEANT_AS_REFERENCE = re.compile(r"(page|doc|image):", re.I)
WHAT_TO_WRITE = {
    "page": "Name a page by its number, for example page:12.",
    "doc": "Name a document by its number, for example doc:5.",
    "image": "Name a picture by its number, for example image:7.",
}
ALERTS = {
    "NOTE": "note",
    "TIP": "tip",
    "IMPORTANT": "note",
    "WARNING": "warning",
    "CAUTION": "danger",
}
INFO_VALUE = re.compile(r"""(\w+)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
INFO_LINES = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its level in the page, from 2 to 6, its words, and its anchor."""

    level: int
    text: str
    anchor: str


def build_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_NESTING})
    return parser.use(gfm_plugin).use(deflist_plugin)


PARSER = build_parser()


def parse(source: str) -> list[Token]:
    """The tokens of a text."""
    return PARSER.parse(source)


def read_info(info: str) -> tuple[str, str, str]:
    """Language, file name and highlighted lines from what stands behind a fence."""
    values = {found[1]: found[2] or found[3] or found[4] for found in INFO_VALUE.finditer(info)}
    language = re.match(r"[^\s{=]*(?![\w-]*=)", info.strip())
    in_braces = INFO_LINES.search(info)
    return (
        language[0] if language else "",
        values.get("title") or values.get("file") or "",
        values.get("hl_lines") or (in_braces[1] if in_braces else ""),
    )


def target_of(token: Token) -> str:
    """Where a link or picture token leads, as typed."""
    name = "src" if token.type == "image" else "href"
    return str(token.attrGet(name) or "")


class PageRender(RendererHTML):
    """Renders one text of a page.

    What it makes itself is kept aside under placeholders until the rest is sanitised; `fill`
    puts it back.
    """

    def __init__(self, anchors: set[str]):
        super().__init__()
        self.anchors = anchors
        self.headings: list[Heading] = []
        self._nonce = secrets.token_hex(8)
        self._kept: list[str] = []
        self._tokens: list[Token] = []
        self._levels = 0
        self._open_links: list[str] = []
        self._notes = ""

    def render(self, source: str) -> str:
        """HTML with placeholders, to be sanitised."""
        self._tokens = parse(source)
        self._levels = int(
            any(token.type == "heading_open" and token.tag == "h1" for token in self._tokens)
        )
        self._notes = (
            self._new_anchor("note")
            if "footnote_block_open" in {token.type for token in self._tokens}
            else ""
        )
        return super().render(self._tokens, PARSER.options, {})

    def fill(self, markup: str) -> str:
        """The HTML with what was kept aside in its places."""
        return re.sub(
            f"\ue000{self._nonce}-([0-9]+)\ue001", lambda found: self._kept[int(found[1])], markup
        )

    def _keep(self, markup: str) -> str:
        self._kept.append(markup)
        return f"\ue000{self._nonce}-{len(self._kept) - 1}\ue001"

    def _new_anchor(self, words: str) -> str:
        base = slugify(words, allow_unicode=True)[:80].strip("-_") or "section"
        anchor, number = base, 1
        while anchor in self.anchors:
            number += 1
            anchor = f"{base}-{number}"
        self.anchors.add(anchor)
        return anchor

    # Headings

    def heading_open(self, tokens, idx, options, env):
        level = min(int(tokens[idx].tag[1]) + self._levels, 6)
        text = words_of_inline(tokens[idx + 1])
        anchor = self._new_anchor(text)
        tokens[idx].meta["heading"] = tokens[idx + 2].meta["heading"] = (level, anchor, text)
        self.headings.append(Heading(level, text, anchor))
        return self._keep(f'<h{level} id="{escape(anchor)}">')

    def heading_close(self, tokens, idx, options, env):
        level, anchor, text = tokens[idx].meta["heading"]
        label = escape(f"Link to the section {text}")
        return self._keep(
            f'<a class="anchor" href="#{escape(anchor)}" aria-label="{label}">#</a></h{level}>\n'
        )

    # Code

    def fence(self, tokens, idx, options, env):
        language, file_name, lines = read_info(tokens[idx].info)
        try:
            marked_lines = parse_lines(lines)
        except ValueError:
            marked_lines = frozenset()
        code = tokens[idx].content
        return self._keep(
            highlight(code, language, file_name=file_name, marked_lines=marked_lines) + "\n"
        )

    def code_block(self, tokens, idx, options, env):
        return self._keep(highlight(tokens[idx].content) + "\n")

    # Links and pictures

    def link_open(self, tokens, idx, options, env):
        target = target_of(tokens[idx])
        found = REFERENCE.fullmatch(target)
        if found and found[1] in {"page", "doc"}:
            kind = {"page": "page", "doc": "document"}[found[1]]
            self._open_links.append("kept")
            return self._keep(f'<a linktype="{kind}" id="{int(found[2])}">')
        if MEANT_AS_REFERENCE.match(target):
            self._open_links.append("text")
            return ""
        self._open_links.append("plain")
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens, idx, options, env):
        kind = self._open_links.pop() if self._open_links else "plain"
        return {"kept": self._keep("</a>") if kind == "kept" else "", "text": "", "plain": "</a>"}[
            kind
        ]

    def image(self, tokens, idx, options, env):
        token = tokens[idx]
        target = target_of(token)
        alt = words_of_inline(token)
        found = REFERENCE.fullmatch(target)
        if found and found[1] == "image":
            return self._keep(
                f'<embed embedtype="image" id="{int(found[2])}" format="fullwidth" '
                f'alt="{escape(alt)}"/>'
            )
        if MEANT_AS_REFERENCE.match(target):
            return escape(alt)
        try:
            is_elsewhere = bool(urlsplit(target).netloc)
        except ValueError:
            return escape(alt)
        if is_elsewhere:
            return f'<a href="{escape(target)}">{escape(alt or target)}</a>'
        return f'<img src="{escape(target)}" alt="{escape(alt)}" loading="lazy" decoding="async">'

    # Tables

    def table_open(self, tokens, idx, options, env):
        return (
            self._keep('<div class="tablewrap" tabindex="0" role="region" aria-label="Table">')
            + "<table>"
        )

    def table_close(self, tokens, idx, options, env):
        return "</table>" + self._keep("</div>\n")

    def th_open(self, tokens, idx, options, env):
        return f'<th scope="col"{self._alignment(tokens[idx])}>'

    def td_open(self, tokens, idx, options, env):
        return f"<td{self._alignment(tokens[idx])}>"

    @staticmethod
    def _alignment(token: Token) -> str:
        side = str(token.attrGet("style") or "").removeprefix("text-align:")
        return f' class="{side}"' if side in {"center", "right"} else ""

    # Callouts and task lists

    def alert_open(self, tokens, idx, options, env):
        return f'<div class="callout {ALERTS.get(tokens[idx].meta["kind"].upper(), "note")}">\n'

    def alert_title_open(self, tokens, idx, options, env):
        return '<p class="callout-title">'

    def list_item_open(self, tokens, idx, options, env):
        if "checked" not in tokens[idx].meta:
            return "<li>"
        state = (
            ' checked aria-label="Done"' if tokens[idx].meta["checked"] else ' aria-label="To do"'
        )
        return '<li class="task">' + self._keep(f'<input type="checkbox" disabled{state}>')

    def bullet_list_open(self, tokens, idx, options, env):
        return "<ul>\n"

    # Footnotes

    def footnote_ref(self, tokens, idx, options, env):
        number = tokens[idx].meta["id"] + 1
        again = tokens[idx].meta.get("subId", 0)
        place = f"{self._notes}-ref-{number}" + (f"-{again + 1}" if again else "")
        return self._keep(
            f'<sup class="noteref"><a href="#{self._notes}-{number}" id="{place}" '
            f'role="doc-noteref" aria-label="Note {number}">{number}</a></sup>'
        )

    def footnote_block_open(self, tokens, idx, options, env):
        return self._keep(
            '<section class="footnotes" role="doc-endnotes" aria-label="Notes"><ol>\n'
        )

    def footnote_block_close(self, tokens, idx, options, env):
        return self._keep("</ol></section>\n")

    def footnote_open(self, tokens, idx, options, env):
        return self._keep(f'<li id="{self._notes}-{tokens[idx].meta["id"] + 1}">')

    def footnote_close(self, tokens, idx, options, env):
        return self._keep("</li>\n")

    def footnote_anchor(self, tokens, idx, options, env):
        number = tokens[idx].meta["id"] + 1
        again = tokens[idx].meta.get("subId", 0)
        place = f"{self._notes}-ref-{number}" + (f"-{again + 1}" if again else "")
        return " " + self._keep(
            f'<a href="#{place}" role="doc-backlink" '
            f'aria-label="Back to note {number} in the text">↩\ufe0e</a>'
        )

    # Text

    def text(self, *args) -> str:
        """Without arguments the plain text of prose; with a token, its escaped content."""
        if args:
            return super().text(*args)
        return "\n".join(part for part in prose_of(self._tokens) if part)

    def code_text(self) -> str:
        """The code of the text's code blocks."""
        codes = [token.content for token in self._tokens if token.type in {"fence", "code_block"}]
        return "\n".join(codes)

    @staticmethod
    def problems_in(tokens: list[Token]) -> Iterator[tuple[int, str]]:
        """Lines from 1, and what is wrong there."""
        for token in tokens:
            line = token.map[0] + 1 if token.map else 1
            if token.type == "fence":
                try:
                    parse_lines(read_info(token.info)[2])
                except ValueError as error:
                    yield line, str(error)
            for child in token.children or []:
                line += child.type in {"softbreak", "hardbreak"}
                target = target_of(child) if child.type in {"link_open", "image"} else ""
                meant = MEANT_AS_REFERENCE.match(target)
                allowed = {"image"} if child.type == "image" else {"page", "doc"}
                found = REFERENCE.fullmatch(target)
                if meant and not (found and found[1] in allowed):
                    yield line, f"“{target}” leads nowhere. {WHAT_TO_WRITE[meant[1].lower()]}"


def words_of_inline(token: Token) -> str:
    """The words of an inline token, without markup."""
    words = []
    for child in token.children or []:
        if child.type in {"text", "code_inline", "text_special"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type == "image":
            words.append(words_of_inline(child))
    return "".join(words)


def prose_of(tokens: list[Token]) -> Iterator[str]:
    """The words of each block that is not code."""
    for token in tokens:
        if token.type == "inline":
            yield words_of_inline(token)
        elif token.type == "html_block":
            yield words_of_html(token.content)
